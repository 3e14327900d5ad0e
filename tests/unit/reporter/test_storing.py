"""A job waits until each of its readings is stored or dead, and says which are dead, and why."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from db.workflows.fetched import FetchedReadings, WhyDead
from readings.files.file_readings import LocatedReading
from readings.model import Reading
from reporter.files.storing import DEAD_SECONDS, Stored, Storing
from reports.model import Cleaned
from tests.unit.fake_job import FakeJob
from tests.unit.fakes import FakeClock

START = datetime(2026, 2, 26, tzinfo=UTC)
WHY = WhyDead("implausible", "temperature is 90 °C")


def rows(count: int) -> list[LocatedReading]:
    return [
        LocatedReading(
            number + 2, Reading(UUID(int=number), "fridge", START + timedelta(minutes=number), 4.0)
        )
        for number in range(count)
    ]


def elapsed(job: FakeJob) -> float:
    return job.clock() - FakeClock().now


class FakeFetched:
    """What is stored and dead after `seconds` of the job's time."""

    def __init__(self, job: FakeJob, stored: set[int], dead: dict[int, WhyDead], seconds: float = 0) -> None:
        self._job, self._stored, self._dead, self._seconds = job, stored, dead, seconds

    def stored(self, readings: Sequence[Reading]) -> dict[UUID, Any]:
        return self._found(readings, dict.fromkeys(self._stored))

    def dead(self, workflow_id: UUID, readings: Sequence[Reading]) -> dict[UUID, WhyDead]:
        assert workflow_id == self._job.workflow_id
        return self._found(readings, self._dead)

    def _found(self, readings: Sequence[Reading], values: dict[int, Any]) -> dict[UUID, Any]:
        if elapsed(self._job) < self._seconds:
            return {}
        ids = [reading.reading_id for reading in readings]
        return {each: values[each.int] for each in ids if each.int in values}


def wait(job: FakeJob, fetched: FakeFetched, count: int, depth: int | None = 0) -> Stored:
    storing = Storing(job, cast("FetchedReadings", fetched), lambda: depth, job.clock)
    return storing.wait(rows(count), count)


def test_readings_that_are_recorded_as_dead_are_not_waited_for() -> None:
    job = FakeJob()

    stored = wait(job, FakeFetched(job, {0, 2}, {1: WHY, 3: WHY}, seconds=5), 4, depth=1000)

    assert elapsed(job) < 10
    assert (stored.stored, stored.dead.total) == (2, 2)
    assert list(stored.dead.cleaned()) == [Cleaned(reason="not-stored:implausible", count=2, lines=(3, 5))]
    assert stored.dead.texts[0] == (
        "line 3: not stored: 2026-02-26T00:01:00.000000Z fridge: implausible: temperature is 90 °C"
    )


def test_what_is_neither_stored_nor_recorded_is_dead_a_minute_after_the_queue_was_empty() -> None:
    job = FakeJob()

    stored = wait(job, FakeFetched(job, {0}, {}), 2)

    assert elapsed(job) >= DEAD_SECONDS
    assert list(stored.dead.cleaned()) == [Cleaned(reason="not-stored", count=1, lines=(3,))]
    assert stored.dead.texts == ["line 3: not stored: 2026-02-26T00:01:00.000000Z fridge"]


def test_what_is_in_the_queue_is_waited_for_as_long_as_it_takes() -> None:
    job = FakeJob()

    stored = wait(job, FakeFetched(job, {0, 1}, {}, seconds=10 * DEAD_SECONDS), 2, depth=None)

    assert (stored.stored, stored.dead.total) == (2, 0)


def test_of_very_many_dead_rows_the_first_lines_are_listed() -> None:
    job = FakeJob()

    stored = wait(job, FakeFetched(job, set(), dict.fromkeys(range(1500), WHY)), 1500)

    [cleaned] = stored.dead.cleaned()
    assert (cleaned.count, cleaned.lines[0], len(cleaned.lines)) == (1500, 2, 100)
    assert len(stored.dead.texts) == 1000
