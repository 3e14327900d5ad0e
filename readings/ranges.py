"""Ranges of time that a user selects."""

from datetime import datetime

from readings.times import format_timestamp
from runtime.errors import InvalidInput


def check_order(
    start: datetime | None, end: datetime | None, *, start_field: str = "from", end_field: str = "to"
) -> None:
    """Check that a range starts before it ends; without one of them it is open.

    Raises:
        InvalidInput: When it does not.
    """
    if start is not None and end is not None and start >= end:
        message = f"is {format_timestamp(start)}, which is not before `{end_field}`, {format_timestamp(end)}"
        raise InvalidInput(message, start_field)
