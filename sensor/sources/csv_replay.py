"""Replay of a recorded CSV file."""

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
class CsvReplay:
    """Measurements from a CSV file with a header, in the order of the file.

    Columns are named by their header or by their number from 1. A time is ISO 8601 (UTC without an offset)
    or a number of seconds. With `speed` 0 one row is due per interval; otherwise rows keep their time
    differences divided by `speed`. With `original_times` readings have the times of the file, otherwise the
    time of replaying. Rows without a valid time and value are skipped, and their number is logged.
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
        """Check that the file can be read and has the columns.

        Raises:
            ConfigurationError: When it cannot be read or lacks a column.
        """
        try:
            with self._open() as file:
                header = next(csv.reader(file), [])
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise ConfigurationError(
                f"SENSOR_SOURCE names {self.path}, which cannot be read: {error}"
            ) from None
        self._column_indexes(header)

    def __iter__(self) -> Iterator[Measurement]:
        """Yield the rows once, or repeatedly with `loop`; end after a pass without a valid row."""
        pass_start = 0.0
        while True:
            due = None
            for due, measured_at, value in self._scheduled_rows():
                yield Measurement(
                    pass_start + due, value, self.unit, measured_at if self.original_times else None
                )
            if due is None or not self.loop:
                return
            pass_start += due + self.interval_seconds

    def _scheduled_rows(self) -> Iterator[tuple[float, datetime, float]]:
        first: datetime | None = None
        due = 0.0
        for number, (measured_at, value) in enumerate(self._valid_rows()):
            first = first or measured_at
            offset = (measured_at - first).total_seconds()
            due = max(due, offset / self.speed) if self.speed else number * self.interval_seconds
            yield due, measured_at, value

    def _valid_rows(self) -> Iterator[tuple[datetime, float]]:
        skipped = 0
        with self._open(errors="replace") as file:
            rows = csv.reader(file)
            time_index, value_index = self._column_indexes(next(rows, []))
            for row in rows:
                parsed = _parse_row(row, time_index, value_index)
                if parsed:
                    yield parsed
                else:
                    skipped += 1
        if skipped:
            structlog.get_logger().warning("rows skipped", file=self.path, rows=skipped)

    def _open(self, errors: str = "strict") -> TextIO:
        return Path(self.path).open(encoding="utf-8-sig", errors=errors, newline="")

    def _column_indexes(self, header: list[str]) -> tuple[int, int]:
        return (
            _column_index(header, self.time_column, "REPLAY_TIME_COLUMN"),
            _column_index(header, self.value_column, "REPLAY_VALUE_COLUMN"),
        )


def _column_index(header: list[str], column: str, variable: str) -> int:
    try:
        return column_index(header, column)
    except LookupError as error:
        raise ConfigurationError(f"{variable} is {column!r}; {error}") from None


def _parse_row(row: list[str], time_index: int, value_index: int) -> tuple[datetime, float] | None:
    """Return the time and the value, or None if one of them is missing or invalid."""
    try:
        value = float(row[value_index])
        return (parse_time(row[time_index]), value) if math.isfinite(value) else None
    except (IndexError, ValueError):
        return None
