"""The times of the rows of a CSV file."""

import re
from datetime import datetime, time

from readings.csv_columns import NUMBER, normalise_name, parse_local_time
from readings.files.csv_columns import TIME_OF_DAY_NAMES, Columns
from readings.files.csv_options import CsvOptions
from readings.files.errors import InvalidRow
from runtime.text import quote_value

DATE_ONLY = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}")
TIME_OF_DAY = re.compile(r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s*[AaPp]\.?[Mm]\.?)?")
MIDNIGHT = re.compile(r"0{0,2}|0?0(?::00)+(?:[.,]0+)?|12(?::00)+\s*[Aa]\.?[Mm]\.?")


class TimeParser:
    """Parses the times of rows, from one column or from two."""

    def __init__(self, options: CsvOptions, columns: Columns, header: list[str]) -> None:
        self._options = options
        self._columns = columns
        self._header = header

    def parse(self, fields: list[str]) -> datetime:
        """Return the time of a row, without an offset if it has none.

        Raises:
            InvalidRow: When it is no time, or may lack the time of day.
        """
        options, columns = self._options, self._columns
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
        time_format = self._options.time_format
        if time_format:
            return not any(directive in time_format for directive in ("%H", "%I"))
        return bool(DATE_ONLY.fullmatch(text))

    def _require_no_time_of_day(self, text: str, fields: list[str]) -> None:
        """Reject midnight next to a column with another time of day, because all rows would be at midnight.

        Raises:
            InvalidRow: When there is such a column.
        """
        is_date = self._is_date_only(text)
        for index, field in enumerate(fields[: len(self._header)]):
            name = self._header[index]
            is_named = normalise_name(name) in TIME_OF_DAY_NAMES
            is_time = TIME_OF_DAY.fullmatch(field.strip()) is not None
            if index == self._columns.time or MIDNIGHT.fullmatch(field.strip()):
                continue
            if (is_named and is_time) or (is_date and (is_named or is_time)):
                raise InvalidRow(
                    f"measured_at is {text!r}, and the column {name!r} seems to be the time of day: "
                    f"set --time-of-day-column"
                )


def _time_hint(text: str) -> str:
    if NUMBER.fullmatch(text):
        return ": set --time-step to the seconds per unit, such as 0.001 for milliseconds"
    if TIME_OF_DAY.fullmatch(text):
        return (
            ": if another column has the date, set it as --time-column and this one as --time-of-day-column"
        )
    return ": set --time-format if it is not ISO 8601"


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
