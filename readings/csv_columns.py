"""Columns, times and numbers of CSV files that other programs wrote."""

import math
import re
import unicodedata
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal

from readings.times import EXPECTED, describe_invalid, to_iso_8601
from readings.zone_names import MINUS_SIGN

EPOCH = datetime.fromtimestamp(0, UTC)
# Decimals of a count of days, hours or minutes in seconds: 15 digits of a spreadsheet's day leave out some
# microseconds, which would move a full hour into the one before.
MILLISECONDS = 3
NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
SPECIAL_NUMBER = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
GROUPED_NUMBER = re.compile(r"[+-]?[0-9]{1,3}(?:([.,' \u00a0\u2009\u202f])[0-9]{3})+(?:[.,][0-9]+)?")
DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")


def normalise_name(name: str) -> str:
    """Return the name of a column in the form in which names are compared."""
    return unicodedata.normalize("NFC", name).strip().casefold()


def column_index(header: list[str], column: str) -> int:
    """Return the index of the column with this name, in any case, or else with this number from 1.

    Raises:
        LookupError: When the header has no such column, or several.
    """
    exact = [i for i, name in enumerate(header) if name == column]
    found = exact or [i for i, name in enumerate(header) if normalise_name(name) == normalise_name(column)]
    if len(found) > 1:
        numbers = " and ".join(str(i + 1) for i in found)
        raise LookupError(f"the columns {numbers} have this name: use the number")
    if found:
        return found[0]
    if column.isdecimal() and 1 <= int(column) <= len(header):
        return int(column) - 1
    raise LookupError(f"the file has the columns {', '.join(header)}")


def parse_time(
    text: str, *, zone: tzinfo = UTC, origin: datetime = EPOCH, step_seconds: float = 1.0
) -> datetime:
    """Parse an ISO 8601 time, or a number of steps of `step_seconds` since `origin`.

    A time without an offset is in `zone`.

    Raises:
        ValueError: When the text is neither, or the time is out of range.
    """
    parsed = parse_local_time(text, origin=origin, step_seconds=step_seconds)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)


def parse_local_time(text: str, *, origin: datetime = EPOCH, step_seconds: float = 1.0) -> datetime:
    """Parse a time as `parse_time` does, but return it without an offset if the text has none.

    Raises:
        ValueError: When the text is neither a time nor a number, or the time is out of range.
    """
    if not NUMBER.fullmatch(text.strip()):
        return _parse_iso_8601(text.strip())
    seconds = float(text) * step_seconds
    if step_seconds > 1:
        seconds = round(seconds, MILLISECONDS)
    try:
        return origin + timedelta(seconds=seconds)
    except OverflowError:
        raise ValueError(f"{text!r} is out of range") from None


def _parse_iso_8601(text: str) -> datetime:
    try:
        normalised = to_iso_8601(text)
    except ValueError as error:
        try:  # the other notations of ISO 8601, and a date alone
            parsed = datetime.fromisoformat(text)
        except ValueError:
            raise error from None
    else:
        try:
            parsed = datetime.fromisoformat(normalised)
        except ValueError:
            raise ValueError(describe_invalid(text)) from None
    if parsed.tzinfo and (problem := describe_invalid(text)) != EXPECTED:  # Python allows minutes above 59
        raise ValueError(problem)
    return parsed


def parse_number(text: str, *, decimal: str = ".", scale: Decimal = Decimal(1)) -> float:
    """Parse a number with this decimal sign and no other separator, and multiply it by `scale`.

    Raises:
        ValueError: When the text is no such number; the message says what is required.
    """
    plain = text.strip().replace(MINUS_SIGN, "-")
    if decimal == "." and DECIMAL_COMMA.fullmatch(plain):
        raise ValueError("must be a number with a decimal point; set --decimal , if the sign is a comma")
    if SPECIAL_NUMBER.fullmatch(plain):
        raise ValueError("must be a finite number")
    number = plain if decimal == "." else plain.replace(".", "?").replace(decimal, ".")
    if not NUMBER.fullmatch(number):
        raise ValueError(f"must be a number{_number_hint(plain, decimal)}")
    value = float(number) if scale == 1 else float(Decimal(number) * scale)
    if not math.isfinite(value):
        raise ValueError("must be a finite number")
    return value


def _number_hint(text: str, decimal: str) -> str:
    """Return what to change in a text that is no number, or with which option to import it."""
    if decimal == "," and NUMBER.fullmatch(text):
        return " with a decimal comma; leave out --decimal , if the sign is a point"
    if GROUPED_NUMBER.fullmatch(text):
        return " without separators of thousands"
    if not any(character.isdigit() for character in text):
        return "; if the text is that of a missing value, set --missing"
    return ""
