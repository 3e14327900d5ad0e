"""The options that describe a CSV file, where its header does not."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal

from readings.model import Unit


@dataclass(frozen=True, kw_only=True)
class CsvOptions:
    """Columns by name or by number from 1, and how to read their texts; by default as in messages.

    There is one sensor and one unit for all value columns, or one for each. `units` apply to rows without a
    unit. A time that is a number counts steps of `time_step` seconds from `time_origin`, by default 1970.
    Values are multiplied by `scale`. Rows are left out unless each column in `where` has its text, and values
    that are in `missing` are left out: texts, or other notations of the same number. Numbers that look like
    those of missing values are rejected unless they are in `keep`. `sheet` is the name of a workbook's sheet,
    or its number from 1.
    """

    sensors: tuple[str, ...] = ()
    sensor_column: str | None = None
    time_column: str | None = None
    time_of_day_column: str | None = None
    value_columns: tuple[str, ...] = ()
    units: tuple[Unit, ...] = ()
    unit_column: str | None = None
    time_zone: tzinfo | None = None
    time_format: str | None = None
    time_origin: datetime | None = None
    time_step: float = 1.0
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str = "."
    scale: Decimal | None = None
    skip_lines: int = 0
    no_header: bool = False
    missing: tuple[str, ...] = ()
    keep: tuple[float, ...] = ()
    where: tuple[tuple[str, str], ...] = ()
    sheet: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the options name."""
        named = (self.sensor_column, self.time_column, self.time_of_day_column, self.unit_column)
        return (*(c for c in named if c), *self.value_columns, *(column for column, _ in self.where))
