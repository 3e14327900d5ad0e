"""The layout of a CSV file, and the reading of its rows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, tzinfo

from readings.csv_columns import normalise_name, parse_local_time, parse_number
from readings.files.csv_columns import TIME_OF_DAY_NAMES, Columns, ValueColumn
from readings.files.csv_options import CsvOptions
from readings.files.csv_rows import Row, RowReader, split_fields
from readings.files.records import Item, LeftOut, Record, Rejected
from readings.files.text import TextLines, is_undecodable
from readings.model import Unit
from readings.units import UnknownUnit, parse_unit
from runtime.text import quote_value

DATE_ONLY = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}")
TIME_OF_DAY = re.compile(r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s*[AaPp]\.?[Mm]\.?)?")
MIDNIGHT = re.compile(r"0{0,2}|0?0(?::00)+(?:[.,]0+)?|12(?::00)+\s*[Aa]\.?[Mm]\.?")
DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", " ": "space"}


class InvalidRow(Exception):
    """A row is invalid; the message is the reason."""


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
        """The offset in the name of the time's column."""
        return self.columns.zone

    @property
    def implicit_sensor(self) -> str | None:
        """The column of the sensor, if it was found by its name alone."""
        return self.columns.implicit_sensor

    def describe(self) -> Iterator[tuple[str, str]]:
        """Yield what was recognised, as a name and a text for people."""
        yield "encoding", self.encoding.removesuffix("-sig")
        yield "delimiter", DELIMITER_NAMES.get(self.delimiter, self.delimiter)
        yield "header", f"line {self.header_line}: {', '.join(self.header)}" if self.header_line else "none"
        columns = self.columns
        if columns.sensor is not None:
            yield "sensor", f"column {self.header[columns.sensor]}"
        time_of_day = f" and {self.header[columns.time_of_day]}" if columns.time_of_day is not None else ""
        notation = self.options.time_format or "ISO 8601, or a number"
        yield "time", f"column {self.header[columns.time]}{time_of_day}, as {notation}"
        for value in columns.values:
            sensor = f", sensor {value.sensor}" if value.sensor else ""
            unit = value.unit or value.default_unit
            source = f", or as column {self.header[columns.unit]} says" if columns.unit is not None else ""
            yield "temperature", f"column {value.name}, in {unit}{source}{sensor}"

    def read(self, lines: TextLines) -> Iterator[Item]:
        """Yield an item per value, in the order of the file."""
        yield from self._read_preamble(lines)
        for row in RowReader(lines, self.delimiter, self.is_row):
            if isinstance(row, Rejected):
                yield row
                continue
            try:
                yield from self._read_row(row)
            except InvalidRow as error:
                yield Rejected(row.line, str(error))

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
            self._parse_time(fields)
            return any(self._parse_value(fields[value.index]) is not None for value in self.columns.values)
        except (IndexError, InvalidRow):
            return False

    def _read_row(self, row: Row) -> Iterator[Item]:
        fields = [field.strip() for field in row.fields]
        if not any(fields) or fields == self.header:
            yield LeftOut(row.line, "the header again" if any(fields) else "empty")
            return
        self._check_width(row)
        fields += [""] * (len(self.header) - len(fields))
        for index, text in self.columns.where:
            if fields[index] != text:
                yield LeftOut(row.line, f"{self.header[index]} is not {text}")
                return
        for value in self.columns.values:
            if fields[value.index] in self.options.missing:
                yield LeftOut(row.line, "a missing value")
            elif not fields[value.index] and len(self.columns.values) > 1:
                yield LeftOut(row.line, f"no value in {value.name}")
            else:
                yield self._record(row.line, fields, value)

    def _check_width(self, row: Row) -> None:
        if len(row.fields) > len(self.header):
            raise InvalidRow(
                f"the row has {len(row.fields)} fields, not the {len(self.header)} of the header: put a "
                "number with a decimal comma in quotes, or name a column for each field"
            )
        if len(row.fields) < len(self.header) and not row.complete:
            raise InvalidRow("the file ends within this row")

    def _record(self, line: int, fields: list[str], value: ValueColumn) -> Record:
        columns = self.columns
        sensor = value.sensor if columns.sensor is None else fields[columns.sensor]
        required = {
            "sensor_id": sensor,
            "measured_at": fields[columns.time],
            "temperature": fields[value.index],
        }
        if missing := [name for name, text in required.items() if not text]:
            raise InvalidRow(f"{missing[0]} is missing")
        extras = {name: fields[index] for name, index in columns.extras.items() if fields[index]}
        if any(is_undecodable(text or "") for text in (*required.values(), *extras.values())):
            name = self.encoding.removesuffix("-sig").upper()
            raise InvalidRow(f"the row is not {name}: set --encoding, such as cp1252")
        temperature = self._parse_value(fields[value.index])
        unit = self._unit(fields, value)
        return Record(line, sensor, self._parse_time(fields), temperature, unit, _with_number(extras))

    def _parse_value(self, text: str) -> float:
        try:
            return parse_number(text, decimal=self.options.decimal, scale=self.options.scale)
        except (ValueError, OverflowError) as error:
            raise InvalidRow(f"temperature is {quote_value(text)}: {error}") from None

    def _unit(self, fields: list[str], value: ValueColumn) -> Unit:
        text = fields[self.columns.unit] if self.columns.unit is not None else ""
        if not text:
            return value.unit or value.default_unit
        try:
            unit = parse_unit(text)
        except UnknownUnit as error:
            raise InvalidRow(f"unit is {quote_value(text)}: {error}") from None
        if value.unit not in (None, unit):
            raise InvalidRow(f"unit is {text!r}, and the column {value.name!r} has values in {value.unit}")
        return unit

    def _parse_time(self, fields: list[str]) -> datetime:
        options, columns = self.options, self.columns
        text = fields[columns.time].strip()
        if columns.time_of_day is not None:
            text = _join(text, fields[columns.time_of_day].strip())
        try:
            if options.time_format:
                parsed = datetime.strptime(text, options.time_format)  # noqa: DTZ007 (the zone is added later)
            else:
                parsed = parse_local_time(text, origin=options.time_origin, step_seconds=options.time_step)
        except ValueError as error:
            hint = "" if options.time_format else _time_hint(text)
            raise InvalidRow(f"measured_at is {quote_value(text)}: {error}{hint}") from None
        if columns.time_of_day is None and parsed.time() == time.min:
            self._require_no_time_of_day(text, fields)
        return parsed

    def _is_date_only(self, text: str) -> bool:
        time_format = self.options.time_format
        if time_format:
            return not any(directive in time_format for directive in ("%H", "%I"))
        return bool(DATE_ONLY.fullmatch(text))

    def _require_no_time_of_day(self, text: str, fields: list[str]) -> None:
        """Reject midnight next to a column with another time of day, because all rows would be at midnight.

        Raises:
            InvalidRow: When there is such a column.
        """
        is_date = self._is_date_only(text)
        for index, field in enumerate(fields[: len(self.header)]):
            name = self.header[index]
            is_named = normalise_name(name) in TIME_OF_DAY_NAMES
            is_time = TIME_OF_DAY.fullmatch(field.strip()) is not None
            if index == self.columns.time or MIDNIGHT.fullmatch(field.strip()):
                continue
            if (is_named and is_time) or (is_date and (is_named or is_time)):
                raise InvalidRow(
                    f"measured_at is {text!r}, and the column {name!r} seems to be the time of day: "
                    f"set --time-of-day-column"
                )


def _time_hint(text: str) -> str:
    if TIME_OF_DAY.fullmatch(text):
        return (
            ": if another column has the date, set it as --time-column and this one as --time-of-day-column"
        )
    return ": set --time-format if it is not ISO 8601"


def _with_number(extras: dict[str, str]) -> dict[str, str | int]:
    """Return the fields with the sequence as a number.

    Raises:
        InvalidRow: When it is none.
    """
    if "sequence" not in extras:
        return {**extras}
    try:
        return {**extras, "sequence": int(extras["sequence"])}
    except ValueError:
        raise InvalidRow(f"sequence is {quote_value(extras['sequence'])}: must be a number") from None


def _join(date: str, time_of_day: str) -> str:
    """Return a date and the time of day as one text; an hour of one digit gets a zero.

    Raises:
        InvalidRow: When there is no time of day, or two.
    """
    if not time_of_day:
        raise InvalidRow("the time of day is missing")
    if ":" in date:
        raise InvalidRow(f"measured_at is {date!r}, with a time of day: remove --time-of-day-column")
    return f"{date} {'0' if re.match(r'[0-9](?:[^0-9]|$)', time_of_day) else ''}{time_of_day}"
