"""Typer parsers for times: ISO 8601, or an age such as 30s, 10m, 2h, 1d or 1w."""

import re
from datetime import UTC, datetime, timedelta

import typer

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
AGE = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)([smhdw])")


def parse_age(text: str) -> datetime:
    """Return the time that is `text` ago.

    Raises:
        typer.BadParameter: When the text is not an age.
    """
    age = AGE.fullmatch(text.strip())
    try:
        if age:
            return datetime.now(UTC) - timedelta(**{UNITS[age[2]]: float(age[1])})
    except OverflowError:
        pass
    raise typer.BadParameter(f"{text!r} is not an age: use a number and s, m, h, d or w, such as 10m or 1.5h")


def parse_time_or_age(text: str) -> datetime:
    """Return a time in ISO 8601, in UTC if it has no offset, or the time that is `text` ago.

    Raises:
        typer.BadParameter: When the text is neither a time nor an age.
    """
    try:
        time = datetime.fromisoformat(text.strip())
    except ValueError:
        return parse_age(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
