"""The events of workflows that are yet to be published."""

from collections.abc import Sequence

from db.queries.statements import Row, Statements

# IDs are not in the order of commits, so rows are removed one by one instead of by a cursor.
PENDING = """
SELECT event.event_id, event.workflow_id, workflow.kind AS workflow_kind, event.job_id, job.kind AS job_kind,
       event.at, event.event, event.state, event.attempt, event.actor, event.detail
FROM workflow_outbox
JOIN workflow_event AS event USING (event_id)
JOIN workflow ON workflow.workflow_id = event.workflow_id
LEFT JOIN job ON job.job_id = event.job_id
ORDER BY event_id
LIMIT :most
"""
CONFIRM = "SELECT confirm_events(:event_ids)"


class Outbox:
    """Reads events in the order of their IDs, and removes those that the broker has confirmed.

    Every method raises StoreUnavailable if the database does not answer in time.
    """

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def pending(self, most: int) -> list[Row]:
        """Return the first events that are not confirmed."""
        return self._statements.rows(PENDING, most=most)

    def confirm(self, event_ids: Sequence[int]) -> None:
        """Remove events, which the broker has confirmed."""
        self._statements.rows(CONFIRM, event_ids=list(event_ids))
