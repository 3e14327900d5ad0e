"""Fetching a span of history, with a source, a queue and a table in memory."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from db.workflows.fetched import StoredReading
from jobs.spans import Span
from readings.model import Reading, Unit
from tests.unit.fake_job import FakeJob
from worker.context import JobInterrupted
from worker.fetching import Fetcher, FetchState
from worker.source_jobs import describe
from worker.source_readings import SourceReadings
from worker.sources.model import Skipped, SourceUnavailable, SourceValue

START = datetime(2025, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
SPAN = Span(START, START + 72 * HOUR)
READ_AT = datetime(2025, 4, 1, tzinfo=UTC)


def value(hours: float, temperature: float | None = None, remote: str = "t1") -> SourceValue:
    return SourceValue(
        remote, START + hours * HOUR, hours if temperature is None else temperature, Unit.CELSIUS
    )


@dataclass
class FakeHistory:
    """Answers as a source does; `on_read` is called before each answer."""

    values: Sequence[SourceValue | Skipped]
    on_read: Callable[[], None] = lambda: None

    def read(self, start: datetime, end: datetime) -> Iterator[SourceValue | Skipped]:
        self.on_read()
        for each in self.values:
            if isinstance(each, Skipped) or start <= each.measured_at < end:
                yield each


@dataclass
class Table:
    """Stores what is published at once, or later; keeps the first value, or the one that was read last."""

    rows: dict[UUID, Reading] = field(default_factory=dict)
    published: list[Reading] = field(default_factory=list)
    is_slow: bool = False

    def stored(self, readings: Sequence[Reading]) -> Mapping[UUID, StoredReading]:
        found = (self.rows.get(reading.reading_id) for reading in readings)
        return {
            row.reading_id: StoredReading(row.reading_id, row.temperature, row.import_id, row.revised_at)
            for row in found
            if row
        }

    def publish(self, readings: Iterable[Reading]) -> None:
        self.published += readings
        if not self.is_slow:
            self.store()

    def store(self) -> None:
        for reading in self.published:
            known = self.rows.setdefault(reading.reading_id, reading)
            if reading.revised_at and (known.revised_at is None or known.revised_at < reading.revised_at):
                self.rows[reading.reading_id] = known._replace(
                    temperature=reading.temperature, revised_at=reading.revised_at
                )

    def close(self) -> None:
        """Keep what was published."""


def fetcher(job: FakeJob, history: FakeHistory, table: Table, *, revise: bool = False) -> Fetcher:
    sensors = {"t1": "attic", "t2": "cellar"}
    readings = SourceReadings(source="home", sensors=sensors, import_id=job.workflow_id)
    return Fetcher(
        context=job, history=history, readings=readings, stored=table, publisher=table, revise=revise
    )


def fetch(job: FakeJob, history: FakeHistory, table: Table, *, revise: bool = False) -> FetchState:
    """Fetch the span from the checkpoint of the job on."""
    initial = FetchState(span=SPAN, position=SPAN.start, read_at=READ_AT)
    state = FetchState.from_json(job.checkpoint) if job.checkpoint else initial
    return fetcher(job, history, table, revise=revise).fetch(state)


VALUES = [value(n) for n in range(0, 72, 2)] + [value(n, remote="t2") for n in range(1, 72, 2)]


def test_everything_is_published_in_parts_with_a_checkpoint_after_each() -> None:
    job, table = FakeJob(), Table()

    state = fetch(job, FakeHistory(VALUES), table)

    assert sorted(table.rows.values(), key=lambda row: row.measured_at) == sorted(
        table.published, key=lambda row: row.measured_at
    )
    assert {(row.sensor_id, row.temperature) for row in table.rows.values()} == {
        ("attic" if each.remote == "t1" else "cellar", each.temperature) for each in VALUES
    }
    assert {row.import_id for row in table.rows.values()} == {job.workflow_id}
    assert [(saved["done"], saved["total"]) for saved in job.saved] == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert state.result_counts == {"new": 72, "same": 0, "revised": 0, "skipped": {}}


@pytest.mark.parametrize("revise", [False, True])
@pytest.mark.parametrize("is_slow", [False, True])
def test_interrupted_at_each_point_it_ends_with_each_reading_once(*, revise: bool, is_slow: bool) -> None:
    for reports in range(1, 90, 4):
        job, table = FakeJob(interrupt_after=reports), Table(is_slow=is_slow)
        old = FakeJob()
        fetch(old, FakeHistory([value(4), value(6, 99)]), table)
        table.store()
        with suppress(JobInterrupted):
            fetch(job, FakeHistory(VALUES), table, revise=revise)

        job.interrupt_after = None
        if not is_slow:
            assert fetch(job, FakeHistory(VALUES), table, revise=revise).result_counts == {
                "new": 70,
                "same": 1,
                "revised": 1,
                "skipped": {},
            }
        else:
            fetch(job, FakeHistory(VALUES), table, revise=revise)
            table.store()
        assert len(table.rows) == 72
        temperatures = {row.measured_at: row.temperature for row in table.rows.values()}
        assert temperatures[START + 6 * HOUR] == (6 if revise else 99)


def test_an_order_that_is_not_that_of_time_changes_nothing() -> None:
    tables = []
    for values in (VALUES, VALUES[::-1]):
        job, table = FakeJob(interrupt_after=50), Table()
        with suppress(JobInterrupted):
            fetch(job, FakeHistory(values), table)
        job.interrupt_after = None
        fetch(job, FakeHistory(values), table)
        tables.append({(row.sensor_id, row.measured_at, row.temperature) for row in table.rows.values()})

    assert tables[0] == tables[1]
    assert len(tables[0]) == 72


def test_revised_values_are_counted_and_not_stored_twice() -> None:
    table = Table()
    fetch(FakeJob(), FakeHistory([value(1), value(2)]), table)

    state = fetch(FakeJob(), FakeHistory([value(1), value(2, 50), value(3)]), table)

    assert state.result_counts == {"new": 1, "same": 1, "revised": 1, "skipped": {}}
    assert [row.temperature for row in table.rows.values()] == [1, 2, 3]
    assert len(table.published) == 3


def test_with_revise_the_newer_value_is_published() -> None:
    table = Table()
    fetch(FakeJob(), FakeHistory([value(1), value(2)]), table)

    state = fetch(FakeJob(), FakeHistory([value(1), value(2, 50), value(3)]), table, revise=True)

    assert state.result_counts == {"new": 1, "same": 1, "revised": 1, "skipped": {}}
    assert [row.temperature for row in table.rows.values()] == [1, 50, 3]
    assert [row.revised_at for row in table.published[2:]] == [READ_AT, READ_AT]


def test_a_source_that_repeats_goes_back_and_answers_too_much_is_read_once() -> None:
    class Careless(FakeHistory):
        def read(self, start: datetime, end: datetime) -> Iterator[SourceValue | Skipped]:
            values = list(super().read(start, end))
            yield value((start - START) / HOUR - 1, 77)  # the value before the window
            yield from values
            yield from values[::-1]
            yield SourceValue("t1", end, 77, Unit.CELSIUS)

    table = Table()
    state = fetch(FakeJob(), Careless([*VALUES, Skipped("unavailable", 2)]), table)

    assert len(table.published) == 72
    assert state.result_counts == {
        "new": 72,
        "same": 0,
        "revised": 0,
        "skipped": {"unavailable": 12, "repeated": 72, "outside the requested time": 6},
    }


def test_what_is_no_reading_is_counted_once_over_all_attempts() -> None:
    job, table = FakeJob(), Table()
    answers: list[Any] = [None, None, SourceUnavailable("HTTP 500", retry_after=5)]

    def fail_in_the_third_part() -> None:
        if answers and (error := answers.pop(0)):
            raise error

    history = FakeHistory([*VALUES, value(30.5, -300)], fail_in_the_third_part)
    with pytest.raises(SourceUnavailable):
        fetch(job, history, table)
    state = fetch(job, history, table)

    assert state.result_counts == {"new": 72, "same": 0, "revised": 0, "skipped": {"invalid-field": 1}}
    assert describe(state) == (
        "72 new, 0 stored already, 0 revised; skipped 1 (invalid-field 1); "
        "for example: temperature is -300.0 celsius, outside -273.15 to 10000 °C"
    )


def test_a_checkpoint_is_the_state() -> None:
    state = FetchState(span=SPAN, position=START, read_at=READ_AT, counts={"new": 1}, skipped={"unknown": 2})

    assert FetchState.from_json(state.to_json()) == state
    assert FetchState.from_json(replace(state, example="x").to_json()).example == "x"
