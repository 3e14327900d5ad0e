"""Times in the queries of the API."""

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from runtime.errors import InvalidInput

TIME_HINT = (
    "use a date and a time with its offset, as in 2026-11-22T06:28:37+01:00, a date, or seconds since 1970"
)
# A plus sign in a query is a space.
OFFSET_WITHOUT_SIGN = re.compile(r"(T[\d:.]+) (\d{2}:?\d{2})$")
MIN_TIME, MAX_TIME = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC)


def parse_time(field: str, text: str, zone: ZoneInfo) -> datetime:
    """Return the time that a query parameter names; a date is the start of the day in a zone.

    Raises:
        InvalidInput: When it is not a time, or one without an offset.
    """
    try:
        moment = _read_time(OFFSET_WITHOUT_SIGN.sub(r"\1+\2", text.strip()), zone)
    except (ValueError, OverflowError, OSError):
        raise InvalidInput(f"is {text!r}, which is not a time: {TIME_HINT}", field) from None
    if moment.tzinfo is None:
        raise InvalidInput(f"is {text!r}, a time without an offset: {TIME_HINT}", field)
    if not MIN_TIME < moment < MAX_TIME:
        raise InvalidInput(f"is {text!r}, which is out of range", field)
    return moment.astimezone(UTC)


def _read_time(text: str, zone: ZoneInfo) -> datetime:
    if re.fullmatch(r"-?\d{1,12}(\.\d{1,9})?", text):
        return datetime.fromtimestamp(float(text), UTC)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return datetime.combine(date.fromisoformat(text), time.min, zone)
    return datetime.fromisoformat(text)
