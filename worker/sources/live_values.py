"""What the live sources share: values with or without a time, and the notations of times."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from readings.model import Unit
from readings.times import MIN_YEAR
from worker.sources.model import Skipped, SourceValue
from worker.sources.values import to_item

LiveItem = SourceValue | Skipped | None

NOT_JSON = Skipped("a message that is not JSON")
NO_TIME = Skipped("no time")
_MILLISECONDS = 1000.0


def to_live_item(remote: str, measured_at: datetime | None, value: Any, unit: Unit) -> SourceValue | Skipped:
    """Return the value, or why it is none."""
    return NO_TIME if measured_at is None else to_item(remote, measured_at, value, unit)


def time_of_text(text: Any) -> datetime | None:
    """Return the time of an ISO 8601 text with an offset; None if it is none, or of a clock never set."""
    try:
        time = datetime.fromisoformat(text)
        return time.astimezone(UTC) if time.tzinfo and time.year >= MIN_YEAR else None
    except (TypeError, ValueError, OverflowError):
        return None


def time_of_epoch(seconds: Any) -> datetime | None:
    """Return the time of seconds since 1970; None if it is none, or of a clock never set."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        time = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None
    return time if time.year >= MIN_YEAR else None


def time_of_milliseconds(milliseconds: Any) -> datetime | None:
    """Return the time of milliseconds since 1970; None as in `time_of_epoch`."""
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int | float):
        return None
    try:
        return time_of_epoch(milliseconds / _MILLISECONDS)
    except OverflowError:  # an integer beyond every float
        return None


def mapping(value: Any) -> Mapping[str, Any]:
    """Return a JSON object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}
