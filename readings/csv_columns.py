"""Columns and timestamps of CSV files that other programs wrote."""

from datetime import UTC, datetime, timedelta, tzinfo

EPOCH = datetime.fromtimestamp(0, UTC)


def column_index(header: list[str], column: str) -> int:
    """Return the index of the column with this name, or else with this number, counted from 1.

    Raises:
        LookupError: When the header has no such column.
    """
    if column in header:
        return header.index(column)
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
    try:
        steps = float(text)
    except ValueError:
        parsed = datetime.fromisoformat(text.strip())
        return parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)
    try:
        return origin + timedelta(seconds=steps * step_seconds)
    except OverflowError:
        raise ValueError(f"{text!r} is out of range") from None
