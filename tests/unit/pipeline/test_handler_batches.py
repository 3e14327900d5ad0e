"""Handling of a batch of messages."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from db.errors import InvalidData, StoreUnavailable
from readings.errors import DeadLetterReason
from readings.model import Reading
from tests.unit.bodies import with_fields
from tests.unit.fakes import FakeStore
from tests.unit.handler_harness import HandlerHarness

DATABASE_DOWN = StoreUnavailable("Connection refused")


class CountingStore(FakeStore):
    """Records the size of each statement, and rejects statements with a temperature below zero."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[int] = []
        self.before_save: Callable[[], None] = lambda: None

    def save(self, readings: Sequence[Reading]) -> int:
        self.before_save()
        self.sizes.append(len(readings))
        if any(reading.temperature < 0 for reading in readings):
            raise InvalidData("below zero")
        return super().save(readings)


def counting_harness(**options: Any) -> tuple[HandlerHarness, CountingStore]:
    harness, store = HandlerHarness(**options), CountingStore()
    harness.use(store)
    return harness, store


def test_a_batch_is_stored_by_one_statement_and_reported_once() -> None:
    harness, store = counting_harness()
    bodies = [with_fields(temperature=n) for n in range(5)]

    rejections = harness.handle(*bodies, bodies[0])

    assert rejections == [None] * 6
    assert store.sizes == [6]
    assert [(len(stored.readings), stored.new) for stored in harness.reported] == [(6, 5)]


def test_an_invalid_body_in_a_batch_is_rejected_and_the_others_are_stored_by_one_statement() -> None:
    harness, store = counting_harness()

    rejections = harness.handle(with_fields(temperature=1), b"nonsense", with_fields(temperature=2))

    assert [error and error.reason for error in rejections] == [None, DeadLetterReason.NOT_JSON, None]
    assert store.sizes == [2]
    assert sorted(reading.temperature for reading in store.readings.values()) == [1, 2]


def test_a_reading_of_a_batch_that_the_database_rejects_is_found_by_bisection() -> None:
    harness, store = counting_harness()

    rejections = harness.handle(*(with_fields(temperature=-1 if n == 5 else n) for n in range(16)))

    assert [position for position, error in enumerate(rejections) if error] == [5]
    assert rejections[5]
    assert rejections[5].reason is DeadLetterReason.REJECTED_BY_DATABASE
    assert len(store.readings) == 15
    assert store.sizes == [16, 8, 4, 4, 2, 1, 1, 2, 8]
    assert harness.reported[0].new == len(harness.reported[0].readings) == 15


def test_events_are_processed_between_the_statements_of_a_bisection() -> None:
    harness, store = counting_harness()

    harness.handle(*(with_fields(temperature=-n) for n in range(1, 5)))

    assert store.sizes == [4, 2, 1, 1, 2, 1, 1]
    assert harness.pauses == [0, 0, 0]


def test_simulated_work_is_done_on_each_valid_message_of_a_batch_before_the_store() -> None:
    harness, store = counting_harness(processing_seconds=(0.2, 0.4))
    pauses_before_store: list[int] = []
    store.before_save = lambda: pauses_before_store.append(len(harness.pauses))

    harness.handle(with_fields(temperature=1), b"nonsense", with_fields(temperature=2))

    assert pauses_before_store == [2]
    assert all(0.2 <= pause <= 0.4 for pause in harness.pauses)


def test_an_outage_during_a_bisection_is_an_outage_for_the_whole_batch() -> None:
    harness = HandlerHarness(InvalidData("rejected"), DATABASE_DOWN)

    with pytest.raises(StoreUnavailable):
        harness.handle(with_fields(temperature=1), with_fields(temperature=2))

    assert harness.events.calls == []
