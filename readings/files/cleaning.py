"""Cleaning: what is wrong with rows of a file, counted by kind and listed by line."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from readings.files.problems import Problem
from readings.files.seen_readings import Seen, SeenReadings
from readings.model import Reading

MAX_LINES = 100
# At 16 bytes each, and twice that while sorted runs are merged: an import fits into the memory of its
# container. Of a longer file, duplicates of the readings after these are not counted, and are stored once.
MAX_REMEMBERED = 5_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
_PROBLEMS = {Seen.SAME: Problem.DUPLICATE, Seen.OTHER_TEMPERATURE: Problem.OTHER_TEMPERATURE}


class CleanedRows(NamedTuple):
    """How many rows of a file have a problem, and the lines of the first MAX_LINES of them."""

    problem: Problem
    total: int
    lines: tuple[int, ...]


@dataclass
class _Lines:
    count: int = 0
    first: list[int] = field(default_factory=list)

    def add(self, line: int) -> None:
        self.count += 1
        if len(self.first) < MAX_LINES:
            self.first.append(line)


@dataclass
class _Sensor:
    """The readings of a sensor so far; `back` are rows that are earlier than the last, `forth` later."""

    seen: SeenReadings = field(default_factory=SeenReadings)
    previous: int | None = None
    back: _Lines = field(default_factory=_Lines)
    forth: _Lines = field(default_factory=_Lines)

    @property
    def out_of_order(self) -> _Lines:
        """The rows that are out of order, in a file with the oldest or with the newest row first."""
        return min(self.back, self.forth, key=lambda lines: lines.count)


class Cleaning:
    """Counts the rows of a file that are no readings, and those that are unusual.

    A reading whose sensor, time and temperature are those of an earlier row is a duplicate: it has the same
    ID, and is stored once. With another temperature it is a reading of its own, as in a message: stored,
    and counted. A file may be in the order of time, or have the newest row first.
    """

    def __init__(self) -> None:
        self._rows: dict[Problem, _Lines] = {}
        self._sensors: dict[str, _Sensor] = {}
        self._remembered = 0

    def add_row(self, problem: Problem, line: int) -> None:
        """Count a row with this problem."""
        self._rows.setdefault(problem, _Lines()).add(line)

    def add_reading(self, reading: Reading, line: int) -> None:
        """Count a reading if it is a duplicate or out of order."""
        sensor = self._sensors.setdefault(reading.sensor_id, _Sensor())
        time = (reading.measured_at - EPOCH) // MICROSECOND
        if sensor.previous is not None and time != sensor.previous:
            (sensor.forth if time > sensor.previous else sensor.back).add(line)
        sensor.previous = time
        if self._remembered < MAX_REMEMBERED:
            found = sensor.seen.add(time, reading.temperature)
            self._remembered += found is not Seen.SAME
        else:
            found = sensor.seen.find(time, reading.temperature)
        if problem := _PROBLEMS.get(found):
            self.add_row(problem, line)

    def counts(self) -> tuple[CleanedRows, ...]:
        """Return the problems that rows have, in the order of `Problem`."""
        rows = {**self._rows, Problem.OUT_OF_ORDER: self._out_of_order()}
        return tuple(
            CleanedRows(problem, rows[problem].count, tuple(rows[problem].first))
            for problem in Problem
            if problem in rows and rows[problem].count
        )

    def _out_of_order(self) -> _Lines:
        found = [sensor.out_of_order for sensor in self._sensors.values()]
        lines = sorted(line for each in found for line in each.first)
        return _Lines(sum(each.count for each in found), lines[:MAX_LINES])
