"""Ages as an operator writes them: 30s, 10m, 2h, 1d, 1w."""

import re
from datetime import UTC, datetime, timedelta

import typer

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
AGE = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)([smhdw])")


def moment_ago(age: str) -> datetime:
    """The moment that lies so far back. A typer parser: raises BadParameter."""
    written = AGE.fullmatch(age.strip())
    try:
        if written:
            return datetime.now(UTC) - timedelta(**{UNITS[written[2]]: float(written[1])})
    except OverflowError:
        pass
    raise typer.BadParameter(f"{age!r} is no age: write a number and s, m, h, d or w, such as 10m or 1.5h")


def moment(text: str) -> datetime:
    """A typer parser: ISO 8601, UTC unless it says otherwise, or how long ago. Raises BadParameter."""
    try:
        written = datetime.fromisoformat(text.strip())
    except ValueError:
        return moment_ago(text)
    return written if written.tzinfo else written.replace(tzinfo=UTC)
