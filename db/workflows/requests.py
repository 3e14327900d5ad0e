"""Requests workflows, and changes what is desired of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from db.queries.statements import Row, Statements
from db.settings import DatabaseSettings
from jobs.spec import JobSpec
from runtime.json_values import dump_json

# A workflow may have 100,000 jobs, each of which is stored with its event.
STATEMENT_TIMEOUT_SECONDS = 60.0
REQUEST = """
SELECT workflow_id, created
FROM request_workflow(:actor, :kind, CAST(:spec AS jsonb), CAST(:jobs AS jsonb), CAST(:options AS jsonb))
"""
CANCEL = "SELECT * FROM cancel_workflow(:actor, :workflow_id)"
PAUSE = "SELECT * FROM pause_workflow(:actor, :workflow_id)"
RESUME = "SELECT * FROM resume_workflow(:actor, :workflow_id)"
RETRY = "SELECT * FROM retry_workflow(:actor, :workflow_id)"

ANSWER = "SELECT * FROM answer_workflow(:actor, :workflow_id, CAST(:answer AS jsonb))"


class Requested(NamedTuple):
    """The workflow of a request, and whether it is new: a repeated request has the first one."""

    workflow_id: UUID
    created: bool


class RequestOptions(NamedTuple):
    """What else a request says. A repetition has the same key and the same digest."""

    idempotency_key: str | None = None
    request_digest: str | None = None
    max_running: int | None = None
    rerun_of: UUID | None = None
    schedule: str | None = None
    scheduled_for: datetime | None = None


class WorkflowRequests:
    """Requests and changes workflows over one connection, which is opened on demand.

    Any number of threads may use it; their statements run one after the other. Every method raises
    StoreUnavailable if the database does not answer in time; a request with an idempotency key can then be
    repeated.
    """

    def __init__(self, settings: DatabaseSettings, name: str = "workflows") -> None:
        self._statements = Statements(settings, name, statement_timeout_seconds=STATEMENT_TIMEOUT_SECONDS)

    def request(
        self,
        actor: str,
        kind: str,
        spec: Mapping[str, Any],
        jobs: Sequence[JobSpec],
        options: RequestOptions = RequestOptions(),  # noqa: B008 (immutable)
    ) -> Requested:
        """Request a workflow with its jobs.

        Raises:
            InvalidInput: When it has no jobs, or the key was used for another request (`idempotency_key`).
        """
        given = {name: value for name, value in options._asdict().items() if value is not None}
        [row] = self._statements.rows(
            REQUEST,
            actor=actor,
            kind=kind,
            spec=dump_json(dict(spec)),
            jobs=dump_json([job._asdict() for job in jobs]),
            options=dump_json(given, default=str),
        )
        return Requested(**row)

    def cancel(self, actor: str, workflow_id: UUID) -> Row:
        """Cancel a workflow, and return it; running jobs end when their workers stop.

        Raises:
            InvalidInput: When there is no such workflow (`workflow_id`), or it has ended (`state`).
        """
        return self._change(CANCEL, actor, workflow_id)

    def pause(self, actor: str, workflow_id: UUID) -> Row:
        """Pause a workflow, and return it; running jobs pause at their next checkpoint.

        Raises:
            InvalidInput: When there is no such workflow (`workflow_id`), or it has ended (`state`).
        """
        return self._change(PAUSE, actor, workflow_id)

    def resume(self, actor: str, workflow_id: UUID) -> Row:
        """Let a paused workflow continue, and return it.

        Raises:
            InvalidInput: When there is no such workflow (`workflow_id`), or it has ended (`state`).
        """
        return self._change(RESUME, actor, workflow_id)

    def retry(self, actor: str, workflow_id: UUID) -> Row:
        """Let the failed and cancelled jobs of a workflow continue, and return it.

        Raises:
            InvalidInput: When there is no such workflow (`workflow_id`), or it has neither failed nor was it
                cancelled (`state`).
        """
        return self._change(RETRY, actor, workflow_id)

    def answer(self, actor: str, workflow_id: UUID, options: Mapping[str, Any]) -> Row:
        """Add options to the jobs of a workflow that ask something, let it continue, and return it.

        Raises:
            InvalidInput: When there is no such workflow (`workflow_id`), no option is given (`options`), or
                it asks nothing (`state`).
        """
        answer = dump_json(dict(options))
        return self._statements.rows(ANSWER, actor=actor, workflow_id=workflow_id, answer=answer)[0]

    def close(self) -> None:
        """Close the connection."""
        self._statements.close()

    def _change(self, statement: str, actor: str, workflow_id: UUID) -> Row:
        return self._statements.rows(statement, actor=actor, workflow_id=workflow_id)[0]
