"""What is done with several messages at once."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from db.errors import InvalidData, StoreUnavailable
from readings.errors import DeadLetterReason
from readings.model import Reading
from tests.unit.bodies import with_fields
from tests.unit.fakes import FakeStore
from tests.unit.handler_bench import HandlerBench

DATABASE_DOWN = StoreUnavailable("Connection refused")


class CountingStore(FakeStore):
    """Notes the size of each statement, and rejects those that hold what is below zero."""

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


def counting_bench(**options: Any) -> tuple[HandlerBench, CountingStore]:
    bench, store = HandlerBench(**options), CountingStore()
    bench.use(store)
    return bench, store


def test_a_batch_is_stored_by_one_statement_and_told_once() -> None:
    bench, store = counting_bench()
    bodies = [with_fields(temperature=n) for n in range(5)]

    refused = bench.handle(*bodies, bodies[0])

    assert refused == [None] * 6
    assert store.sizes == [6]
    assert [(len(stored.readings), stored.new) for stored in bench.reported] == [(6, 5)]


def test_an_invalid_body_in_a_batch_is_refused_alone_and_the_others_need_no_second_statement() -> None:
    bench, store = counting_bench()

    refused = bench.handle(with_fields(temperature=1), b"nonsense", with_fields(temperature=2))

    assert [error and error.reason for error in refused] == [None, DeadLetterReason.NOT_JSON, None]
    assert store.sizes == [2]
    assert sorted(reading.temperature for reading in store.readings.values()) == [1, 2]


def test_what_the_database_rejects_in_a_batch_is_found_by_halves_and_refused_alone() -> None:
    bench, store = counting_bench()

    refused = bench.handle(*(with_fields(temperature=-1 if n == 5 else n) for n in range(16)))

    assert [position for position, error in enumerate(refused) if error] == [5]
    assert refused[5]
    assert refused[5].reason is DeadLetterReason.REJECTED_BY_DATABASE
    assert len(store.readings) == 15
    assert store.sizes == [16, 8, 4, 4, 2, 1, 1, 2, 8]
    assert bench.reported[0].new == len(bench.reported[0].readings) == 15


def test_between_the_halves_the_connection_gets_a_moment() -> None:
    bench, store = counting_bench()

    bench.handle(*(with_fields(temperature=-n) for n in range(1, 5)))

    assert store.sizes == [4, 2, 1, 1, 2, 1, 1]
    assert bench.pauses == [0, 0, 0]


def test_simulated_work_is_done_on_each_valid_message_of_a_batch_before_the_store() -> None:
    bench, store = counting_bench(processing_seconds=(0.2, 0.4))
    worked_before_the_store: list[int] = []
    store.before_save = lambda: worked_before_the_store.append(len(bench.pauses))

    bench.handle(with_fields(temperature=1), b"nonsense", with_fields(temperature=2))

    assert worked_before_the_store == [2]
    assert all(0.2 <= pause <= 0.4 for pause in bench.pauses)


def test_an_outage_in_the_middle_of_the_halves_is_an_outage_of_the_whole_batch() -> None:
    bench = HandlerBench(InvalidData("one of them"), DATABASE_DOWN)

    with pytest.raises(StoreUnavailable):
        bench.handle(with_fields(temperature=1), with_fields(temperature=2))

    assert bench.events.calls == []
