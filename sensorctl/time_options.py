"""Typer parsers for times (ISO 8601, or an age such as 30s, 10m, 2h, 1d or 1w) and for durations."""

import math
import re
from datetime import UTC, datetime, timedelta

import typer

from readings.times import EXPECTED, describe_invalid

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
AGE = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)([smhdw])")
DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
AGE_HINT = "an age is a number and s, m, h, d or w, such as 10m or 1.5h"
TIME_HINT = f"a time is a date, or a date and a time, such as 2026-11-26 or 2026-11-26T08:30; {AGE_HINT}"
MAX_SECONDS = 1e9


def parse_age(text: str) -> datetime:
    """Return the time that is `text` ago.

    Raises:
        typer.BadParameter: When the text is not an age.
    """
    time = _parse_age(text)
    if time is None:
        raise typer.BadParameter(f"{text!r} is not an age, or too long ago: {AGE_HINT}")
    return time


def parse_time_or_age(text: str) -> datetime:
    """Return a time in ISO 8601, in UTC if it has no offset, or the time that is `text` ago.

    Raises:
        typer.BadParameter: When the text is neither a time nor an age.
    """
    time = parse_local_time_or_age(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def parse_local_time_or_age(text: str) -> datetime:
    """Return a time in ISO 8601, in UTC if it has an offset, or the time that is `text` ago.

    Raises:
        typer.BadParameter: When the text is neither a time nor an age.
    """
    if age := _parse_age(text):
        return age
    try:
        time = datetime.fromisoformat(text.strip())
        _require_existing(text)
        # The conversion fails for the first and the last hours that Python knows.
        return time.astimezone(UTC) if time.tzinfo else time
    except (ValueError, OverflowError) as error:
        is_date = re.match(r"\s*\d{4}-\d", text)
        problem = (
            f"is not a valid time: {_describe(text) or error}" if is_date else "is neither a time nor an age"
        )
        raise typer.BadParameter(f"{text!r} {problem}. {TIME_HINT[0].upper()}{TIME_HINT[1:]}") from None


def _require_existing(text: str) -> None:
    """Reject an offset that Python accepts, although its minutes do not exist.

    Raises:
        ValueError: When it has such an offset.
    """
    if problem := _describe(text):
        raise ValueError(problem)


def _describe(text: str) -> str | None:
    """Return which part of a date or time does not exist; None if that is not the problem."""
    is_date = DATE.fullmatch(text.strip())
    problem = describe_invalid(f"{text.strip()}T00:00" if is_date else text)
    return None if problem == EXPECTED else problem


def parse_length(text: str) -> timedelta:
    """Return a length of time, such as 10m or 7d.

    Raises:
        typer.BadParameter: When the text is none, or too long.
    """
    length = _parse_length(text)
    if length is None:
        raise typer.BadParameter(
            f"{text!r} is not a length of time: use a number and s, m, h, d or w, such as 7d"
        )
    return length


def parse_seconds(text: str | float) -> float:
    """Return a number of seconds.

    Raises:
        typer.BadParameter: When it is negative, too large or not a number.
    """
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= MAX_SECONDS:
        raise typer.BadParameter(f"{text!r} is not a number of seconds: use 0 or more, such as 90")
    return seconds


def _parse_age(text: str) -> datetime | None:
    length = _parse_length(text)
    try:
        return None if length is None else datetime.now(UTC) - length
    except OverflowError:
        return None


def _parse_length(text: str) -> timedelta | None:
    match = AGE.fullmatch(text.strip())
    try:
        return timedelta(**{UNITS[match[2]]: float(match[1])}) if match else None
    except OverflowError:
        return None
