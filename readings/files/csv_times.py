"""The times of the rows of a CSV file."""

import re
from collections.abc import Iterable
from datetime import datetime, time

from readings.csv_columns import EPOCH, NUMBER, normalise_name, parse_local_time
from readings.files.csv_checks import has_names
from readings.files.csv_columns import TIME_OF_DAY_NAMES, ZONE_AMBIGUITY, Columns
from readings.files.csv_options import CsvOptions
from readings.files.errors import Ambiguity, AmbiguousLookup, Choice, InvalidRow
from readings.zone_names import ZONE_IN_TEXT, is_zone_name
from runtime.text import quote_value

DATE_ONLY = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}")
TIME_OF_DAY = re.compile(r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s*[AaPp]\.?[Mm]\.?)?")
# Numbers outside are seldom seconds since 1970.
MIN_YEAR, MAX_YEAR = 2000, 2100
MAX_HALF_CHARACTERS = 6
NOON = 12
HALF_OF_DAY = re.compile(r"[AaPp]\.?[Mm]\.?")
EXCEL_DAYS = range(20_000, 80_000)  # the years 1954 to 2119
# A spreadsheet shows 1772323200000 as 1.77232E+12, and saves what it shows.
SHORTENED = re.compile(r"\d(?:\.\d{1,6})?[eE]\+?(?:09|9|1\d)")
DIGITS_OF_DATE = re.compile(r"(?:19|20)\d{6}(?:\d{4}|\d{6})?")
_DIGIT_FORMATS = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
MIDNIGHT = re.compile(r"0{0,2}|0?0(?::00)+(?:[.,]0+)?|12(?::00)+\s*[Aa]\.?[Mm]\.?")


class TimeParser:
    """Parses the times of rows, from one column or from two."""

    def __init__(self, options: CsvOptions, columns: Columns, header: list[str]) -> None:
        self._options = options
        self._columns = columns
        self._header = header
        self._zone_columns = [
            index for index, name in enumerate(header) if is_zone_name(name) and index != columns.time
        ]
        self._is_zone_known = bool(options.time_zone or columns.zone)

    def text(self, fields: list[str]) -> str:
        """Return the text of the time of a row, from one column or from two.

        Raises:
            InvalidRow: When a second column has no time of day, or the first one has it as well.
        """
        text = fields[self._columns.time].strip()
        if self._columns.time_of_day is None:
            return text
        return _join(text, fields[self._columns.time_of_day].strip())

    def parse(self, fields: list[str]) -> datetime:
        """Return the time of a row, without an offset if it has none.

        Raises:
            InvalidRow: When it is no time, or may lack the time of day.
        """
        options, columns = self._options, self._columns
        text = self.text(fields)
        if SHORTENED.fullmatch(text):
            raise InvalidRow(
                f"measured_at is {quote_value(text)}, whose last digits are lost, as a spreadsheet shortens "
                "long numbers: export the file again, and do not save it with a spreadsheet"
            )
        try:
            if options.time_format:
                parsed = _parse_formatted(text, options.time_format)
            else:
                origin = options.time_origin or EPOCH
                parsed = parse_local_time(text, origin=origin, step_seconds=options.time_step)
        except ValueError as error:
            hint = "" if options.time_format else _time_hint(text)
            is_number = NUMBER.fullmatch(text) and not options.time_format
            raise InvalidRow(
                f"measured_at is {quote_value(text)}: {error}{hint}",
                ambiguity=_number_ambiguity(text) if is_number else None,
            ) from None
        if NUMBER.fullmatch(text) and not options.time_format:
            self._check_number(text, parsed)
        if columns.time_of_day is None and parsed.time() == time.min:
            self._require_no_time_of_day(text, fields)
        if parsed.tzinfo is None:
            self._require_no_half_of_day(text, parsed.hour, fields)
        if parsed.tzinfo is None and self._zone_columns and not self._is_zone_known:
            self._require_no_zone(text, fields)
        return parsed

    def _check_number(self, text: str, parsed: datetime) -> None:
        """Reject a number that is no time of a measurement in seconds since 1970, but perhaps another time.

        Raises:
            InvalidRow: When it is one, and the options do not say that it is.
        """
        is_default = self._options.time_origin is None and self._options.time_step == 1
        if is_default and not MIN_YEAR <= parsed.year < MAX_YEAR:
            moment = parsed.replace(tzinfo=None).isoformat(" ", "seconds")
            raise InvalidRow(
                f"measured_at is {quote_value(text)}, in seconds since 1970 {moment}{_number_hint(text)}",
                ambiguity=_number_ambiguity(text),
            )

    def _require_no_half_of_day(self, text: str, hour: int, fields: list[str]) -> None:
        """Reject a time next to a column with AM or PM that make it another hour.

        Raises:
            InvalidRow: When there is such a column.
        """
        used = (self._columns.time, self._columns.time_of_day)
        for index, field in enumerate(fields[: len(self._header)]):
            if (
                index not in used
                and not has_names(self._header[index])
                and len(field) <= MAX_HALF_CHARACTERS
                and HALF_OF_DAY.fullmatch(field.strip())
                and (field.strip()[0] in "Pp") != (hour >= NOON)
            ):
                raise InvalidRow(
                    f"measured_at is {quote_value(text)}, and the column {self._header[index]!r} has AM or "
                    "PM: set it as --time-of-day-column, and --time-format, such as %Y-%m-%d %I:%M %p"
                )

    def _require_no_zone(self, text: str, fields: list[str]) -> None:
        """Reject a local time next to a column with its zone, which would be ignored.

        Raises:
            InvalidRow: When there is such a column.
        """
        for index in self._zone_columns:
            if index < len(fields) and (zone := fields[index].strip()):
                raise InvalidRow(
                    f"measured_at is {quote_value(text)} without an offset, and the column "
                    f"{self._header[index]!r} is {quote_value(zone)}: "
                    "set --time-zone, with --where if rows have several zones",
                    ambiguity=ZONE_AMBIGUITY,
                )

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
                    f"set --time-of-day-column",
                    ambiguity=Ambiguity(
                        "time_of_day_column",
                        (Choice(f"time of day in {name}", {"time_of_day_column": name}),),
                    ),
                )


def check_zone_above(texts: Iterable[tuple[int, str]], columns: Columns, options: CsvOptions) -> None:
    """Require that lines above the header of local times mention no time zone, which would be ignored.

    Raises:
        AmbiguousLookup: When one does, so that the zone must be named.
    """
    if columns.zone or options.time_zone:
        return
    for line, text in texts:
        if ZONE_IN_TEXT.search(text):
            raise AmbiguousLookup(
                f"line {line}, above the header, mentions a time zone: set --time-zone", ZONE_AMBIGUITY
            )


def _parse_formatted(text: str, time_format: str) -> datetime:
    """Parse a time in a format of strptime.

    Raises:
        ValueError: When it is none.
    """
    try:
        return datetime.strptime(text, time_format)  # noqa: DTZ007 (the zone is added later)
    except ValueError:
        raise ValueError(
            f"does not have the format {time_format} of --time-format, or does not exist"
        ) from None


def _number_hint(text: str) -> str:
    """Return how to import a number that is no time in seconds since 1970."""
    if DIGITS_OF_DATE.fullmatch(text):
        return ": if its digits are a date, set --time-format, such as %Y%m%d%H%M"
    if int(float(text)) in EXCEL_DAYS:
        return ": if it is a date of Excel, set --time-origin 1899-12-30 --time-step 86400"
    return (
        ": set --time-step to the seconds per unit, such as 0.001 for milliseconds, or --time-origin, as "
        "1970-01-01T00:00Z if it is that time"
    )


def _number_ambiguity(text: str) -> Ambiguity:
    """Return what a number may mean that is no time in seconds since 1970."""
    if DIGITS_OF_DATE.fullmatch(text):
        return Ambiguity(
            "time_format", (Choice("digits of a date", {"time_format": _DIGIT_FORMATS[len(text)]}),)
        )
    excel = {"time_origin": "1899-12-30T00:00:00Z", "time_step": 86_400.0}
    steps = (("milliseconds", 1e-3), ("microseconds", 1e-6), ("nanoseconds", 1e-9))
    since_1970 = tuple(Choice(f"{name} since 1970", {"time_step": step}) for name, step in steps)
    return Ambiguity("time_step", (Choice("days as Excel counts them, in UTC", excel), *since_1970))


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
    if ":" in date and HALF_OF_DAY.fullmatch(time_of_day):
        return f"{date} {time_of_day}"
    if ":" in date:
        raise InvalidRow(f"measured_at is {date!r}, with a time of day: remove --time-of-day-column")
    return f"{date} {'0' if re.match(r'[0-9](?:[^0-9]|$)', time_of_day) else ''}{time_of_day}"
