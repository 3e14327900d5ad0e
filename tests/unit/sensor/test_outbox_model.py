"""The outbox against a model of two lists: whatever happens in whatever order, it does the same."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.unit.outbox_bench import OutboxBench

FRESH, CHUNK, MOST, BATCH = 4, 2, 9, 3


class Model(RuleBasedStateMachine):
    """Readings are numbers that grow; both lists are in order, and all of the backlog is older."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr("sensor.outbox.outbox.FRESH_READINGS", FRESH)
        self.patch.setattr("sensor.outbox.outbox.DELETE_READINGS", BATCH)
        self.patch.setattr("sensor.outbox.outbox.DELETE_SECONDS", 3600)
        self.patch.setattr("sensor.outbox.backlog.CHUNK_READINGS", CHUNK)
        self.directory = Path(tempfile.mkdtemp())
        self.bench = OutboxBench(self.directory / "outbox", MOST)
        self.next = 0
        self.backlog: list[int] = []
        self.fresh: list[int] = []
        self.fresh_turn = False
        self.confirmed: set[int] = set()

    @rule()
    def put(self) -> None:
        self.bench.put(self.next)
        self.fresh.append(self.next)
        self.next += 1
        if len(self.fresh) > FRESH:
            self.backlog += self.fresh
            self.fresh = []
        # After a kill there may be more: what was confirmed and not deleted yet.
        while len(self.backlog + self.fresh) > MOST:
            (self.backlog or self.fresh).pop(0)

    @rule()
    def fail_to_publish(self) -> None:
        assert self.bench.oldest() == self.first()

    @rule()
    def deliver(self) -> None:
        expected = self.first()
        assert self.bench.deliver() == expected
        if expected is not None:
            self.confirm(expected)

    @rule(readings=st.integers(1, 6), new=st.integers(0, 5), lost_after=st.integers(0, 6))
    def put_while_many_are_on_their_way(self, readings: int, new: int, lost_after: int) -> None:
        in_hand = self.bench.in_hand(readings)
        assert in_hand[:1] == [first for first in [self.first()] if first is not None]
        for _ in range(new):
            self.put()
        for number in in_hand[:lost_after]:
            self.bench.outbox.confirmed()
            self.confirm(number)

    @rule()
    def end_in_order(self) -> None:
        self.bench = self.bench.restarted()
        self.backlog, self.fresh, self.fresh_turn = self.backlog + self.fresh, [], False

    @rule()
    def be_killed(self) -> None:
        waiting = self.backlog + self.fresh
        self.bench = self.bench.killed()
        found = self.bench.on_disk()
        assert set(waiting) <= set(found) <= set(waiting) | self.confirmed
        self.backlog, self.fresh, self.fresh_turn = found, [], False

    @invariant()
    def as_many_wait(self) -> None:
        assert len(self.bench.outbox) == len(self.backlog + self.fresh)

    def first(self) -> int | None:
        """What is to be published next."""
        lanes = [self.fresh, self.backlog] if self.fresh_turn else [self.backlog, self.fresh]
        return next((lane[0] for lane in lanes if lane), None)

    def confirm(self, number: int) -> None:
        self.confirmed.add(number)
        for lane in (self.backlog, self.fresh):
            if number in lane:
                lane.remove(number)
        self.fresh_turn = not self.fresh_turn

    def teardown(self) -> None:
        while self.first() is not None:
            self.deliver()
        self.bench.outbox.close()
        shutil.rmtree(self.directory)
        self.patch.undo()


TestOutbox = Model.TestCase
TestOutbox.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
