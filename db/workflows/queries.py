"""Reads workflows, their jobs and events, and the workers."""

from collections.abc import Sequence
from uuid import UUID

from db.queries.statements import Row, Statements
from runtime.errors import InvalidInput

# With sums over the jobs; `total` is null while a job does not know its own.
SUMMARY = """
SELECT workflow.*, jobs.*
FROM ({selected}) AS workflow
CROSS JOIN LATERAL (
    SELECT sum(jobs)::bigint AS jobs, jsonb_object_agg(state, jobs) AS jobs_by_state,
           sum(done)::bigint AS done,
           CASE WHEN bool_and(is_known) THEN sum(total)::bigint END AS total,
           max(attempts) AS max_attempt
    FROM (
        SELECT state, count(*) AS jobs, sum(done) AS done, sum(total) AS total,
               bool_and(total IS NOT NULL) AS is_known, max(attempt) AS attempts
        FROM job WHERE job.workflow_id = workflow.workflow_id GROUP BY state
    ) AS by_state
) AS jobs
ORDER BY requested_at DESC, workflow_id DESC
"""
# A null parameter selects everything.
SELECTED = """
SELECT * FROM workflow
WHERE (CAST(:states AS text[]) IS NULL OR state = ANY(:states))
  AND (CAST(:kinds AS text[]) IS NULL OR kind = ANY(:kinds))
  AND (CAST(:schedule AS text) IS NULL OR schedule = :schedule)
  AND (CAST(:before AS uuid) IS NULL OR (requested_at, workflow_id) < (
      SELECT requested_at, workflow_id FROM workflow WHERE workflow_id = :before))
ORDER BY requested_at DESC, workflow_id DESC LIMIT :most
"""
LIST = SUMMARY.format(selected=SELECTED)
ONE = SUMMARY.format(selected="SELECT * FROM workflow WHERE workflow_id = :workflow_id")
JOBS = """
SELECT * FROM job
WHERE workflow_id = :workflow_id AND position > :after
  AND (CAST(:states AS text[]) IS NULL OR state = ANY(:states))
ORDER BY position LIMIT :most
"""
EVENTS = """
SELECT event_id, workflow_id, job_id, at, event, state, attempt, actor, detail FROM workflow_event
WHERE workflow_id = :workflow_id AND event_id > :after ORDER BY event_id LIMIT :most
"""
REQUESTED = """
SELECT workflow_id, request_digest FROM workflow WHERE requested_by = :actor AND idempotency_key = :key
"""
WORKERS = """
SELECT name, kinds, version, started_at, seen_at,
       extract(epoch FROM clock_timestamp() - seen_at)::float8 AS seconds_since_seen,
       ARRAY(SELECT job_id FROM job WHERE state IN ('running', 'cancelling') AND lease_owner = name) AS jobs
FROM worker ORDER BY name
"""


class WorkflowQueries:
    """Reads workflows.

    Every method raises StoreUnavailable if the database does not answer in time.
    """

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def read_all(
        self,
        most: int,
        *,
        states: Sequence[str] | None = None,
        kinds: Sequence[str] | None = None,
        schedule: str | None = None,
        before: UUID | None = None,
    ) -> list[Row]:
        """Return the newest workflows, or those before one, with sums over their jobs.

        Raises:
            InvalidInput: When there is no workflow `before` (`cursor`), so that a list does not end early.
        """
        rows = self._statements.rows(
            LIST, most=most, states=_list(states), kinds=_list(kinds), schedule=schedule, before=before
        )
        if before is not None and not rows and self.read(before) is None:
            raise InvalidInput(f"there is no workflow {before} any more: list them from the start", "cursor")
        return rows

    def read(self, workflow_id: UUID) -> Row | None:
        """Return a workflow with sums over its jobs; None if there is no such workflow."""
        return self._statements.first(ONE, workflow_id=workflow_id)

    def jobs(
        self, workflow_id: UUID, most: int, *, after: int = -1, states: Sequence[str] | None = None
    ) -> list[Row]:
        """Return the jobs of a workflow in their order, those after a position."""
        return self._statements.rows(
            JOBS, workflow_id=workflow_id, after=after, states=_list(states), most=most
        )

    def events(self, workflow_id: UUID, most: int, *, after: int = 0) -> list[Row]:
        """Return what happened to a workflow and its jobs, after the event with an ID."""
        return self._statements.rows(EVENTS, workflow_id=workflow_id, after=after, most=most)

    def find(self, actor: str, idempotency_key: str) -> Row | None:
        """Return the ID and the digest of the workflow that was requested with a key; None if none was."""
        return self._statements.first(REQUESTED, actor=actor, key=idempotency_key)

    def workers(self) -> list[Row]:
        """Return the workers that were seen within a day, with the jobs that each executes."""
        return self._statements.rows(WORKERS)


def _list(values: Sequence[str] | None) -> list[str] | None:
    return None if values is None else list(values)
