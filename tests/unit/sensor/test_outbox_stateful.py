"""The outbox behaves as a model of two lists does, for random sequences of operations."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.examples import max_examples
from tests.unit.outbox_harness import OutboxHarness

MAX_LIVE, CHUNK, MAX_READINGS, DELETE_BATCH = 4, 2, 9, 3


class Model(RuleBasedStateMachine):
    """Readings are ascending numbers; both lists are in order, and the backlog is the older one."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr("sensor.outbox.outbox.MAX_LIVE_READINGS", MAX_LIVE)
        self.patch.setattr("sensor.outbox.outbox.DELETE_BATCH_READINGS", DELETE_BATCH)
        self.patch.setattr("sensor.outbox.outbox.DELETE_INTERVAL_SECONDS", 3600)
        self.patch.setattr("sensor.outbox.backlog.CHUNK_READINGS", CHUNK)
        self.directory = Path(tempfile.mkdtemp())
        self.harness = OutboxHarness(self.directory / "outbox", MAX_READINGS)
        self.next = 0
        self.backlog: list[int] = []
        self.live: list[int] = []
        self.live_lane_is_next = False
        self.confirmed: set[int] = set()

    @rule()
    def put(self) -> None:
        self.harness.put(self.next)
        self.live.append(self.next)
        self.next += 1
        if len(self.live) > MAX_LIVE:
            self.backlog += self.live
            self.live = []
        # After a kill there may be several: confirmed readings that were not deleted.
        while len(self.backlog + self.live) > MAX_READINGS:
            (self.backlog or self.live).pop(0)

    @rule()
    def fail_to_publish(self) -> None:
        assert self.harness.next_reading() == self.first()

    @rule()
    def deliver(self) -> None:
        expected = self.first()
        assert self.harness.deliver() == expected
        if expected is not None:
            self.confirm(expected)

    @rule(readings=st.integers(1, 6), new=st.integers(0, 5), confirmed=st.integers(0, 6))
    def put_while_a_batch_is_in_flight(self, readings: int, new: int, confirmed: int) -> None:
        in_flight = self.harness.next_batch(readings)
        assert in_flight[:1] == [first for first in [self.first()] if first is not None]
        for _ in range(new):
            self.put()
        for number in in_flight[:confirmed]:
            self.harness.outbox.mark_confirmed()
            self.confirm(number)

    @rule()
    def shut_down(self) -> None:
        self.harness = self.harness.restarted()
        self.backlog, self.live, self.live_lane_is_next = self.backlog + self.live, [], False

    @rule()
    def kill(self) -> None:
        pending = self.backlog + self.live
        self.harness = self.harness.killed()
        found = self.harness.on_disk()
        assert set(pending) <= set(found) <= set(pending) | self.confirmed
        self.backlog, self.live, self.live_lane_is_next = found, [], False

    @invariant()
    def the_number_of_pending_readings_is_equal(self) -> None:
        assert len(self.harness.outbox) == len(self.backlog + self.live)

    def first(self) -> int | None:
        """Return the reading to publish next."""
        lanes = [self.live, self.backlog] if self.live_lane_is_next else [self.backlog, self.live]
        return next((lane[0] for lane in lanes if lane), None)

    def confirm(self, number: int) -> None:
        self.confirmed.add(number)
        for lane in (self.backlog, self.live):
            if number in lane:
                lane.remove(number)
        self.live_lane_is_next = not self.live_lane_is_next

    def teardown(self) -> None:
        while self.first() is not None:
            self.deliver()
        self.harness.outbox.close()
        shutil.rmtree(self.directory)
        self.patch.undo()


TestOutbox = Model.TestCase
TestOutbox.settings = settings(max_examples=max_examples(60), stateful_step_count=40, deadline=None)
