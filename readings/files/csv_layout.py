"""The layout of a CSV file, and the reading of its rows."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import tzinfo
from functools import cached_property

from readings.files.csv_checks import SummaryCheck, check_quantity
from readings.files.csv_columns import Columns, ValueColumn
from readings.files.csv_conditions import Conditions
from readings.files.csv_description import describe_layout
from readings.files.csv_devices import find_device_columns
from readings.files.csv_options import CsvOptions
from readings.files.csv_other_columns import OtherColumns
from readings.files.csv_other_tables import OtherTables
from readings.files.csv_quality import QualityColumns
from readings.files.csv_records import RecordReader
from readings.files.csv_rows import Row, RowReader, split_fields
from readings.files.csv_times import TimeParser
from readings.files.csv_units import read_unit, split_unit
from readings.files.csv_unread import find_unread_temperatures
from readings.files.csv_values import is_missing_text, is_value
from readings.files.errors import ExcludedValue, InvalidRow
from readings.files.isd import is_missing
from readings.files.problems import Problem
from readings.files.records import Item, LeftOut, Record, Rejected
from readings.files.text import TextLines

_EVENT = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True)
class CsvLayout:
    """What was recognised of a CSV file. `header_line` is 0 if it has no header."""

    options: CsvOptions
    encoding: str
    delimiter: str
    header_line: int
    header: list[str]
    columns: Columns

    @property
    def zone(self) -> tzinfo | None:
        """The zone of the options, or else the offset in the name of the time's column."""
        return self.options.time_zone or self.columns.zone

    @property
    def implicit_sensor(self) -> str | None:
        """The column of the sensor, if it was found by its name alone."""
        return self.columns.implicit_sensor

    @cached_property
    def _times(self) -> TimeParser:
        return TimeParser(self.options, self.columns, self.header)

    @cached_property
    def _summaries(self) -> SummaryCheck:
        return SummaryCheck(self.header, self.columns)

    @cached_property
    def _conditions(self) -> Conditions:
        return Conditions(self.header, self.columns)

    @cached_property
    def _quality(self) -> QualityColumns:
        return QualityColumns(self.header, self.columns)

    @cached_property
    def _others(self) -> OtherColumns:
        return OtherColumns(self.header, self.columns, self.options)

    @cached_property
    def device_columns(self) -> tuple[int, ...]:
        """The columns that name the device of a row, unless one of them is read as the sensor."""
        return find_device_columns(self.header, self.columns)

    @cached_property
    def unread_temperatures(self) -> tuple[int, ...]:
        """The columns that seem to have temperatures, too, and are not read."""
        return find_unread_temperatures(self.header, self.columns)

    @cached_property
    def _records(self) -> RecordReader:
        return RecordReader(
            options=self.options,
            encoding=self.encoding,
            columns=self.columns,
            times=self._times,
            others=self._others,
            device_columns=self.device_columns,
            unread_temperatures=self.unread_temperatures,
        )

    def describe(self) -> Iterator[tuple[str, str]]:
        """Yield what was recognised, as a name and a text for people."""
        yield from describe_layout(self)

    def read(self, lines: TextLines) -> Iterator[Item]:
        """Yield an item per value, in the order of the file."""
        yield from self._read_preamble(lines)
        other = OtherTables(self.header, self.columns) if self.header_line else None
        for row in RowReader(lines, self.delimiter, self.is_row):
            if isinstance(row, Rejected):
                yield row
                continue
            if other and (reason := other.find(row.line, row.fields)):
                yield Rejected(row.line, reason)
                continue
            try:
                yield from self._read_row(row)
            except InvalidRow as error:
                yield Rejected(row.line, str(error), error.problem, error.ambiguity)

    def time_texts(self, lines: TextLines) -> Iterator[str]:
        """Yield the texts of the times of all rows; `lines` start at the first line."""
        for fields in self._fields(lines):
            with suppress(InvalidRow, IndexError):
                yield self._times.text(fields)

    def number_texts(self, lines: TextLines) -> Iterator[str]:
        """Yield the texts of the temperatures of all rows, without units; `lines` start at the first line."""
        for fields in self._fields(lines):
            for value in self.columns.values:
                text = fields[value.index].strip() if value.index < len(fields) else ""
                if text and not is_missing_text(text, self.options):
                    yield split_unit(text)[0]

    def _fields(self, lines: TextLines) -> Iterator[list[str]]:
        """Yield the fields of all rows."""
        for _ in self._read_preamble(lines):
            pass
        rows = RowReader(lines, self.delimiter, _is_never_row)
        yield from (row.fields for row in rows if isinstance(row, Row))

    def _read_preamble(self, lines: TextLines) -> Iterator[Item]:
        end = self.header_line or self.options.skip_lines
        while lines.number < end and (line := next(lines, None)) is not None:
            if self.options.skip_lines < lines.number < end and self._is_row_text(line):
                yield Rejected(lines.number, f"the row is before the header, which is line {end}")
            elif lines.number != self.header_line and line.strip():
                yield LeftOut(lines.number, "before the header")

    def _is_row_text(self, line: str) -> bool:
        return self.is_row(split_fields(line, self.delimiter) or [])

    def is_row(self, fields: list[str]) -> bool:
        """Return whether these fields are a row with a time and a temperature."""
        try:
            self._times.parse(fields)
            numbers = [split_unit(fields[value.index].strip())[0] for value in self.columns.values]
            return any(is_value(number, self.options) for number in numbers)
        except (IndexError, InvalidRow):
            return False

    def has_local_time(self, fields: list[str]) -> bool:
        """Return whether the time of a row has no offset."""
        return self._times.parse(fields).tzinfo is None

    def _is_units_row(self, fields: list[str]) -> bool:
        """Return whether the row has units instead of values, and no time."""
        texts = [fields[value.index] for value in self.columns.values]
        if any(text and text[-1].isdigit() for text in texts) or not any(map(read_unit, texts)):
            return False
        try:
            self._times.parse(fields)
        except InvalidRow:
            return True
        return False

    def _read_row(self, row: Row) -> Iterator[Item]:
        fields = [field.strip() for field in row.fields]
        if not any(fields) or fields == self.header:
            yield LeftOut(row.line, "the header again" if any(fields) else "empty")
            return
        self._check_width(row)
        fields += [""] * (len(self.header) - len(fields))
        if self._is_units_row(fields):
            yield LeftOut(row.line, "a row of units")
            return
        if fields[0].startswith("#") and not self.is_row(fields):
            yield LeftOut(row.line, "a comment")
            return
        if unmet := self._conditions.find_unmet(row.line, fields):
            yield unmet
            return
        check_quantity(fields, self.header, self.columns)
        self._summaries.check(fields)
        for value in self.columns.values:
            if is_missing_text(fields[value.index], self.options) or is_missing(fields[value.index]):
                yield self._missing(row.line, fields, value)
            elif not fields[value.index] and len(self.columns.values) > 1:
                yield LeftOut(row.line, f"no value in {value.name}", Problem.MISSING)
            else:
                yield self._record_or_left_out(row.line, fields, value)

    def _missing(self, line: int, fields: list[str], value: ValueColumn) -> LeftOut:
        """Return why a row has no temperature: loggers write their events into columns of the same table."""
        if self.columns.sensor is None and not fields[value.index] and any(map(_EVENT.search, fields)):
            return LeftOut(line, "an event of the logger", Problem.MARKER)
        return LeftOut(line, "a missing value", Problem.MISSING)

    def _record_or_left_out(self, line: int, fields: list[str], value: ValueColumn) -> Record | LeftOut:
        try:
            self._quality.check(fields, value.index)
        except ExcludedValue as error:
            return LeftOut(line, str(error), Problem.BAD_QUALITY)
        return self._records.read(line, fields, value)

    def _check_width(self, row: Row) -> None:
        if len(row.fields) > len(self.header):
            raise InvalidRow(
                f"the row has {len(row.fields)} fields, not the {len(self.header)} of the header: put a "
                "number with a decimal comma in quotes, or name a column for each field"
            )
        if len(row.fields) < len(self.header) and not row.complete:
            raise InvalidRow("the file ends within this row")


def _is_never_row(_: list[str]) -> bool:
    return False
