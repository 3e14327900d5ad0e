"""Replays a recorded CSV file."""

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO

import structlog

from readings.csv_columns import column_index, parse_time
from readings.model import Unit
from runtime.errors import ConfigurationError
from sensor.sources.measurement import Measurement


@dataclass(frozen=True)
class Replay:
    """Measurements from a CSV file with a header, in the file's order.

    Columns are named by their header or by their number from 1. A time is ISO 8601 (UTC unless it says
    otherwise) or a number of seconds. With `speed` 0 a row is due each interval, else the rows keep
    their distances divided by `speed`. Times are those of the file, or of the moment of replaying.
    Rows without a usable time and value are passed over and counted in the log.
    """

    path: str
    time_column: str = "timestamp"
    value_column: str = "value"
    unit: Unit = Unit.CELSIUS
    original_times: bool = False
    interval_seconds: float = 1.0
    speed: float = 0.0
    loop: bool = True

    def __post_init__(self) -> None:
        """Raises ConfigurationError when the file or its columns are not there."""
        try:
            with self._open() as file:
                header = next(csv.reader(file), [])
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise ConfigurationError(
                f"SENSOR_SOURCE names {self.path}, which cannot be read: {error}"
            ) from None
        _position(header, self.time_column, "REPLAY_TIME_COLUMN")
        _position(header, self.value_column, "REPLAY_VALUE_COLUMN")

    def __iter__(self) -> Iterator[Measurement]:
        """The rows once, or again and again; ends after a pass without a usable row."""
        offset = 0.0
        while True:
            due = None
            for due, measured_at, value in self._scheduled():
                yield Measurement(
                    offset + due, value, self.unit, measured_at if self.original_times else None
                )
            if due is None or not self.loop:
                return
            offset += due + self.interval_seconds

    def _scheduled(self) -> Iterator[tuple[float, datetime, float]]:
        first: datetime | None = None
        due = 0.0
        for number, (measured_at, value) in enumerate(self._rows()):
            first = first or measured_at
            apart = (measured_at - first).total_seconds()
            due = max(due, apart / self.speed) if self.speed else number * self.interval_seconds
            yield due, measured_at, value

    def _rows(self) -> Iterator[tuple[datetime, float]]:
        skipped = 0
        with self._open(errors="replace") as file:
            rows = csv.reader(file)
            header = next(rows, [])
            time_at = _position(header, self.time_column, "REPLAY_TIME_COLUMN")
            value_at = _position(header, self.value_column, "REPLAY_VALUE_COLUMN")
            for row in rows:
                usable = _parse(row, time_at, value_at)
                if usable:
                    yield usable
                else:
                    skipped += 1
        if skipped:
            structlog.get_logger().warning("rows passed over", file=self.path, rows=skipped)

    def _open(self, errors: str = "strict") -> TextIO:
        return Path(self.path).open(encoding="utf-8-sig", errors=errors, newline="")


def _position(header: list[str], column: str, variable: str) -> int:
    try:
        return column_index(header, column)
    except LookupError as error:
        raise ConfigurationError(f"{variable} is {column!r}; {error}") from None


def _parse(row: list[str], time_at: int, value_at: int) -> tuple[datetime, float] | None:
    try:
        value = float(row[value_at])
        return (parse_time(row[time_at]), value) if math.isfinite(value) else None
    except (IndexError, ValueError):
        return None
