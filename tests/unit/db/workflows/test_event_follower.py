"""Events of a workflow are followed completely, also those that appear out of order."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from db.workflows.event_follower import BATCH, SETTLING_SECONDS, EventFollower
from db.workflows.queries import WorkflowQueries
from jobs.states import State

WORKFLOW_ID = UUID(int=1)
NOW = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)


class FakeEvents:
    """The committed events, as WorkflowQueries reads them, and a clock."""

    def __init__(self) -> None:
        self.committed: dict[int, dict[str, Any]] = {}
        self.reads: list[int] = []
        self.now = 0.0

    def commit(self, *ids: int, state: str | None = None, job_id: int | None = 1, age: float = 0) -> None:
        """Commit events of `age` seconds ago."""
        at = NOW + timedelta(seconds=self.now - age)
        for event_id in ids:
            self.committed[event_id] = {"event_id": event_id, "at": at, "state": state, "job_id": job_id}

    def events(self, _: UUID, most: int, *, after: int = 0) -> list[dict[str, Any]]:
        self.reads.append(after)
        return [self.committed[event_id] for event_id in sorted(self.committed) if event_id > after][:most]


def follow(events: FakeEvents, after: int = 0) -> EventFollower:
    queries = cast("WorkflowQueries", events)
    return EventFollower(queries, WORKFLOW_ID, State.READY, after, clock=lambda: events.now)


def ids(follower: EventFollower) -> list[int]:
    return [row["event_id"] for row in follower.poll()]


def test_an_event_that_is_committed_after_a_later_event_is_not_missed() -> None:
    events = FakeEvents()
    follower = follow(events)
    events.commit(1, 3)
    assert ids(follower) == [1, 3]
    events.commit(2, 4)
    assert ids(follower) == [2, 4]
    assert ids(follower) == []


def test_events_are_not_read_again_once_no_earlier_event_can_appear() -> None:
    events = FakeEvents()
    follower = follow(events, after=5)
    events.commit(6, 7)
    follower.poll()
    events.now += SETTLING_SECONDS + 1
    follower.poll()

    assert ids(follower) == []
    assert events.reads == [5, 5, 7]


def test_a_long_history_is_read_in_parts() -> None:
    events = FakeEvents()
    events.commit(*range(1, BATCH), age=SETTLING_SECONDS + 2)
    events.commit(*range(BATCH, BATCH + 11), age=0)
    follower = follow(events)

    assert ids(follower) == list(range(1, BATCH + 1))
    assert ids(follower) == list(range(BATCH + 1, BATCH + 11))
    assert ids(follower) == []
    assert events.reads == [0, BATCH - 1, BATCH - 1]


def test_none_of_many_events_of_a_short_time_is_missed() -> None:
    events = FakeEvents()
    late = BATCH // 2
    numbers = [number for number in range(1, 3 * BATCH) if number != late]
    events.commit(*numbers)
    follower = follow(events)
    assert [number for _ in range(3) for number in ids(follower)] == numbers

    events.commit(late)

    assert ids(follower) == [late]


def test_the_state_is_that_of_the_workflow() -> None:
    events = FakeEvents()
    follower = follow(events)
    events.commit(1, state="running", job_id=None)
    events.commit(2, state="succeeded")
    follower.poll()
    assert follower.state is State.RUNNING
