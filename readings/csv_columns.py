"""Readings that were recorded in files of others: their columns and their times."""

from datetime import UTC, datetime, timedelta, tzinfo

EPOCH = datetime.fromtimestamp(0, UTC)


def position(header: list[str], column: str) -> int:
    """Where the column is that has this name, or else this number from 1. Raises LookupError."""
    if column in header:
        return header.index(column)
    if column.isdecimal() and 1 <= int(column) <= len(header):
        return int(column) - 1
    raise LookupError(f"the file has the columns {', '.join(header)}")


def moment(text: str, *, zone: tzinfo = UTC, origin: datetime = EPOCH, step_seconds: float = 1.0) -> datetime:
    """The time that is written as ISO 8601, or as a number of steps since `origin`.

    It is in `zone` unless it says otherwise. Raises ValueError.
    """
    try:
        steps = float(text)
    except ValueError:
        written = datetime.fromisoformat(text.strip())
        return written if written.tzinfo else written.replace(tzinfo=zone)
    try:
        return origin + timedelta(seconds=steps * step_seconds)
    except OverflowError:
        raise ValueError(f"{text!r} lies beyond all calendars") from None
