"""The database as a worker uses it: claiming jobs, and writing what became of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, text

from db.deadline import Deadline
from db.driver_errors import translate_errors
from db.engine import STATEMENT_TIMEOUT_SECONDS, make_engine
from db.settings import DatabaseSettings
from jobs.states import Instruction
from runtime.json_values import dump_json
from runtime.text_fields import to_storable

# The server cancels a statement before that; this is for one that is frozen.
SOCKET_TIMEOUT_SECONDS = STATEMENT_TIMEOUT_SECONDS + 2
REPORT = "SELECT report_worker(:worker, :kinds, :version)"
CLAIM = """
SELECT job_id, workflow_id, kind, spec, state, attempt, checkpoint, done, total, counts
FROM claim_job(:worker, :kinds, :seconds) WHERE job_id IS NOT NULL
"""
RENEW = "SELECT renew_lease(:job_id, :attempt, :seconds)"
SAVE = """
save_checkpoint(:job_id, :attempt, CAST(:checkpoint AS jsonb), :done, CAST(:total AS bigint),
                CAST(:counts AS jsonb), CAST(:message AS text))
"""
FINISH = "finish_job(:job_id, :attempt, CAST(:counts AS jsonb), CAST(:message AS text))"
# In one statement with what follows, so that both are stored or none. It locks the job first.
COVER = """
(SELECT cover_source(:job_id, :attempt, :source, tstzrange(:start, :end, '[)'), CAST(:cursor AS timestamptz)))
"""
FAIL = "SELECT fail_job(:job_id, :attempt, :error, :may_retry, CAST(:retry_after AS double precision))"
ASK = "SELECT ask_job(:job_id, :attempt, CAST(:question AS jsonb))"
RELEASE = "SELECT release_job(:job_id, :attempt, :reason)"
# The source, the period [start, end) that was read completely, and the new cursor (None: the old one).
Coverage = tuple[str, datetime, datetime, datetime | None]


class ClaimedJob(NamedTuple):
    """A job with the attempt that has its lease."""

    job_id: UUID
    workflow_id: UUID
    kind: str
    spec: dict[str, Any]
    state: str
    attempt: int
    checkpoint: dict[str, Any] | None
    done: int
    total: int | None
    counts: dict[str, Any]


class WorkerStore:
    """Claims jobs and writes what became of them, over one connection that is opened on demand.

    What a job reports may quote a file or a server: U+0000 and lone surrogates in it are stored as escape
    sequences. Any number of threads may use it; their statements run one after the other. Every method raises
    StoreUnavailable when the database does not answer. What it wrote then may be stored or not: the call can
    be repeated. Once a lease is lost, nothing more of the attempt is stored.
    """

    def __init__(self, settings: DatabaseSettings, name: str = "worker") -> None:
        self._engine = make_engine(settings, name=name)
        self._deadline = Deadline(SOCKET_TIMEOUT_SECONDS)

    def report(self, worker: str, kinds: Sequence[str], version: str) -> None:
        """Record that a worker is there."""
        self._scalar(REPORT, worker=worker, kinds=list(kinds), version=version)

    def claim(self, worker: str, kinds: Sequence[str], lease_seconds: float) -> ClaimedJob | None:
        """Claim the next job of these kinds; None if there is none now."""
        values = {"worker": worker, "kinds": list(kinds), "seconds": lease_seconds}
        rows = self._execute(CLAIM, values)
        return ClaimedJob._make(rows[0]) if rows else None

    def renew(self, job_id: UUID, attempt: int, lease_seconds: float) -> Instruction | None:
        """Renew a lease; return what the worker is to do, None if the lease is lost."""
        return _instruction(self._scalar(RENEW, job_id=job_id, attempt=attempt, seconds=lease_seconds))

    def save(
        self,
        job_id: UUID,
        attempt: int,
        checkpoint: Mapping[str, Any] | None,
        *,
        done: int,
        total: int | None = None,
        counts: Mapping[str, Any] | None = None,
        message: str | None = None,
        covered: Coverage | None = None,
    ) -> Instruction | None:
        """Save a checkpoint and renew the lease; return what the worker is to do, None if the lease is lost.

        Raises:
            InvalidInput: When the covered source was removed; nothing is saved.
        """
        result = self._scalar(
            _with_coverage(SAVE, covered),
            job_id=job_id,
            attempt=attempt,
            checkpoint=_json(checkpoint),
            done=done,
            total=total,
            counts=_json(counts),
            message=to_storable(message),
            **_coverage(covered),
        )
        return _instruction(result)

    def finish(
        self,
        job_id: UUID,
        attempt: int,
        *,
        counts: Mapping[str, Any] | None = None,
        message: str | None = None,
        covered: Coverage | None = None,
    ) -> bool:
        """End a job as succeeded; return whether this attempt has done so, now or before.

        Raises:
            InvalidInput: When the covered source was removed; nothing is saved.
        """
        return bool(
            self._scalar(
                _with_coverage(FINISH, covered),
                job_id=job_id,
                attempt=attempt,
                counts=_json(counts),
                message=to_storable(message),
                **_coverage(covered),
            )
        )

    def fail(
        self, job_id: UUID, attempt: int, error: str, *, may_retry: bool, retry_after: float | None = None
    ) -> bool:
        """End an attempt as failed; return whether the lease was still held.

        The next one starts after `retry_after` seconds (None: 1, 2, 4 … up to 300), if it may be retried and
        has failures left.
        """
        values = {"error": to_storable(error), "may_retry": may_retry, "retry_after": retry_after}
        return bool(self._scalar(FAIL, job_id=job_id, attempt=attempt, **values))

    def ask(self, job_id: UUID, attempt: int, question: Mapping[str, Any]) -> bool:
        """End an attempt with a question, and pause the workflow; return whether the lease was held."""
        return bool(self._scalar(ASK, job_id=job_id, attempt=attempt, question=_json(to_storable(question))))

    def release(self, job_id: UUID, attempt: int, reason: str) -> bool:
        """End an attempt without a failure, for `shutdown`, `pause` or `cancel`.

        The job becomes what is desired by now: cancelled, paused or ready. Return whether the lease was held.
        """
        return bool(self._scalar(RELEASE, job_id=job_id, attempt=attempt, reason=reason))

    def close(self) -> None:
        """Close the connection."""
        self._engine.dispose()
        self._deadline.close()

    def _scalar(self, statement: str, **values: object) -> Any:
        return self._execute(statement, values)[0][-1]

    def _execute(self, statement: str, values: Mapping[str, object]) -> Sequence[Row[Any]]:
        with (
            translate_errors(),
            self._engine.connect() as connection,
            self._deadline.limit(connection),
        ):
            return connection.execute(text(statement), values).all()


def _with_coverage(call: str, covered: Coverage | None) -> str:
    return f"SELECT {COVER}, {call}" if covered else f"SELECT {call}"


def _coverage(covered: Coverage | None) -> dict[str, object]:
    return dict(zip(("source", "start", "end", "cursor"), covered, strict=True)) if covered else {}


def _instruction(answer: str | None) -> Instruction | None:
    return Instruction(answer) if answer else None


def _json(values: Mapping[str, Any] | None) -> str | None:
    return None if values is None else dump_json(dict(values))
