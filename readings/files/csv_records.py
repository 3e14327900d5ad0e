"""The record of a row of a CSV file: sensor, time, temperature and unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from readings.files.csv_checks import sensor_in_column
from readings.files.csv_columns import Columns, ValueColumn
from readings.files.csv_options import CsvOptions
from readings.files.csv_other_columns import OtherColumns
from readings.files.csv_text import ENCODING_AMBIGUITY
from readings.files.csv_times import TimeParser
from readings.files.csv_units import split_unit
from readings.files.csv_values import check_value, find_row_unit, is_value, parse_value, with_number
from readings.files.errors import InvalidRow
from readings.files.isd import check_isd_unit, is_isd
from readings.files.problems import Problem
from readings.files.records import Record
from readings.files.text import is_undecodable
from readings.model import Unit


@dataclass(frozen=True, kw_only=True)
class RecordReader:
    """Reads the records of rows; the columns are those of the layout."""

    options: CsvOptions
    encoding: str
    columns: Columns
    times: TimeParser
    others: OtherColumns
    device_columns: tuple[int, ...]
    unread_temperatures: tuple[int, ...]

    def read(self, line: int, fields: list[str], value: ValueColumn) -> Record:
        """Return the record of one value of a row.

        Raises:
            InvalidRow: When a field is missing, invalid, or contradicts another.
        """
        sensor = self._sensor(fields, value)
        text = fields[value.index]
        extras = {name: fields[index] for name, index in self.columns.extras.items() if fields[index]}
        required = {"sensor_id": sensor, "measured_at": fields[self.columns.time], "temperature": text}
        self._check_texts(required, extras)
        number, next_to_value = split_unit(text)
        if not self.columns.is_export:
            check_value(number, self.options)
        temperature = parse_value(number, self.options)
        found = find_row_unit(fields, self.columns, value, next_to_value)
        unit, is_known = found or value.default_unit, found is not None or value.requested_unit is not None
        is_whole = temperature != 0 and self.options.decimal not in number
        self.others.check(fields, is_whole=is_whole, is_unit_known=is_known)
        return Record(
            line,
            sensor,
            self._measured_at(fields, number, unit),
            temperature,
            unit,
            with_number(extras),
            self._notes(fields),
            is_known or value.unit is not None or is_isd(number),
            tuple(fields[index] for index in self.device_columns),
        )

    def _sensor(self, fields: list[str], value: ValueColumn) -> str | None:
        columns = self.columns
        in_column = None if columns.sensor is None else sensor_in_column(fields[columns.sensor], columns)
        return value.sensor if in_column is None else in_column

    def _check_texts(self, required: Mapping[str, str | None], extras: Mapping[str, str]) -> None:
        if missing := [name for name, text in required.items() if not text]:
            raise InvalidRow(f"{missing[0]} is missing", Problem.MISSING)
        if any(is_undecodable(text or "") for text in (*required.values(), *extras.values())):
            name = self.encoding.removesuffix("-sig").upper()
            raise InvalidRow(
                f"the row is not {name}: set --encoding, such as cp1252", ambiguity=ENCODING_AMBIGUITY
            )

    def _measured_at(self, fields: list[str], number: str, unit: Unit) -> datetime:
        measured_at = self.times.parse(fields)
        if is_isd(number):
            check_isd_unit(unit)
            if measured_at.tzinfo is None and not (self.columns.zone or self.options.time_zone):
                return measured_at.replace(tzinfo=UTC)
        return measured_at

    def _notes(self, fields: list[str]) -> tuple[Problem, ...]:
        texts = (split_unit(fields[index])[0] for index in self.unread_temperatures)
        has_unread = any(is_value(text, self.options) for text in texts)
        return (Problem.UNREAD_TEMPERATURE,) if has_unread else ()
