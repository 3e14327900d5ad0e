"""Recorded temperatures with the windows in which something was wrong with them."""

import csv
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, pairwise
from pathlib import Path
from statistics import median
from typing import NamedTuple

from limits.model import Reading

DATA = Path(__file__).parent / "data"
OFFICE = DATA / "ambient_temperature_system_failure.csv"
OFFICE_WINDOWS = DATA / "ambient_temperature_system_failure.windows.json"
MOTES = DATA / "single_hop_sensor_network.csv"
MOTES_START = datetime(2010, 1, 1, tzinfo=UTC).timestamp()
MOTES_INTERVAL_SECONDS = 5.0
DAY_SECONDS = 86_400.0


class Window(NamedTuple):
    """A labelled time, with both ends in it, in seconds since 1970."""

    started_at: float
    ended_at: float

    def contains(self, at: float) -> bool:
        """Return whether a time is in it."""
        return self.started_at <= at <= self.ended_at


@dataclass(frozen=True, kw_only=True)
class Series:
    """The readings of a sensor in the order of their times, and its labelled windows in that order."""

    name: str
    readings: Sequence[Reading]
    windows: Sequence[Window] = ()

    @property
    def interval_seconds(self) -> float:
        """The usual time from a reading to the next one."""
        times = [reading.measured_at for reading in self.readings]
        return median(after - before for before, after in pairwise(times))

    @property
    def days(self) -> float:
        """The time that the readings cover, in days; a gap counts as an interval."""
        return len(self.readings) * self.interval_seconds / DAY_SECONDS


def office() -> Series:
    """Return the temperature of the office, in °C."""
    series = labelled_file(OFFICE, OFFICE_WINDOWS)
    return Series(
        name="office",
        readings=[Reading(at, to_celsius(value)) for at, value in series.readings],
        windows=series.windows,
    )


def motes() -> list[Series]:
    """Return the temperature of each mote. Each run of labelled rows is a window."""
    with MOTES.open(newline="", encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: (int(row["mote_id"]), int(row["reading"])))
    return [_mote(mote, list(own)) for mote, own in groupby(rows, key=lambda row: row["mote_id"])]


def _mote(mote: str, rows: list[dict[str, str]]) -> Series:
    readings = [
        Reading(MOTES_START + MOTES_INTERVAL_SECONDS * int(row["reading"]), float(row["temperature"]))
        for row in rows
    ]
    labelled = [
        (row["label"] == "1", reading.measured_at) for row, reading in zip(rows, readings, strict=True)
    ]
    return Series(name=f"mote {mote}", readings=readings, windows=list(_runs(labelled)))


def _runs(labelled: Sequence[tuple[bool, float]]) -> Iterator[Window]:
    for is_event, run in groupby(labelled, key=lambda each: each[0]):
        times = [at for _, at in run]
        if is_event:
            yield Window(times[0], times[-1])


def labelled_file(path: Path, windows: Path) -> Series:
    """Read a file in the form of the Numenta Anomaly Benchmark: `timestamp,value`, and a list of windows.

    Values are taken as they are. Of readings with the same time, the last one counts.

    Raises:
        ValueError: When the file or the windows have another form.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = {_time(row["timestamp"]): _finite(row["value"]) for row in csv.DictReader(file)}
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is not a CSV file of timestamp,value: {error!r}") from error
    if len(rows) < 2:  # noqa: PLR2004 (an interval has two ends)
        raise ValueError(f"{path} has no two readings: nothing can be evaluated on it")
    readings = [Reading(at, rows[at]) for at in sorted(rows)]
    return Series(name=path.stem, readings=readings, windows=_windows(windows))


def _windows(path: Path) -> list[Window]:
    try:
        pairs = json.loads(path.read_text(encoding="utf-8"))
        windows = sorted(Window(_time(start), _time(end)) for start, end in pairs)
    except (TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"{path} is not a JSON list of [start, end]: {error!r}") from error
    if any(window.ended_at < window.started_at for window in windows):
        raise ValueError(f"{path} has a window that ends before it starts")
    for before, after in pairwise(windows):
        if after.started_at <= before.ended_at:
            raise ValueError(f"{path} has windows that overlap: join them to one window")
    return windows


def _finite(text: str) -> float:
    if not math.isfinite(value := float(text)):
        raise ValueError(f"{text} is not a temperature")
    return value


def _time(text: str) -> float:
    """Return a time in seconds since 1970. One without a zone is taken as UTC."""
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def to_celsius(fahrenheit: float) -> float:
    """Convert °F to °C."""
    return (fahrenheit - 32.0) * 5.0 / 9.0
