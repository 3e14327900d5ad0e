"""Follows the events of a workflow."""

import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from db.queries.statements import Row
from db.workflows.queries import WorkflowQueries
from jobs.states import State

BATCH = 1_000
# Event IDs are given before the commit, so an event may appear after one with a higher ID: this much later at
# most, since no statement that records events takes longer (db.workflows.requests).
SETTLING_SECONDS = 65.0


class EventFollower:
    """Reads the events of a workflow after an ID, each once, also those that appear out of order.

    `state` is the state of the workflow as of the events so far.
    """

    def __init__(
        self,
        queries: WorkflowQueries,
        workflow_id: UUID,
        state: State,
        after: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.state = state
        self._queries = queries
        self._workflow_id = workflow_id
        self._after = after
        self._clock = clock
        self._seen: dict[int, float] = {}

    def poll(self) -> list[Row]:
        """Return the events that are new.

        Raises:
            StoreUnavailable: When the database does not answer in time.
        """
        now = self._clock()
        rows = self._queries.events(self._workflow_id, len(self._seen) + BATCH, after=self._after)
        new = [row for row in rows if row["event_id"] not in self._seen]
        for row in new:
            self._seen[row["event_id"]] = now
            if row["job_id"] is None and row["state"]:
                self.state = State(row["state"])
        settled = [row["event_id"] for row in rows if self._is_settled(row, rows[-1], now)]
        if settled:
            self._after = max(settled)
            self._seen = {event: seen_at for event, seen_at in self._seen.items() if event > self._after}
        return new

    def _is_settled(self, row: Row, latest: Row, now: float) -> bool:
        """Return whether no event before this one can appear any more."""
        age: timedelta = latest["at"] - row["at"]  # of an event of a long history
        return max(now - self._seen[row["event_id"]], age.total_seconds()) > SETTLING_SECONDS
