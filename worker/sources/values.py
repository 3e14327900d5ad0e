"""What all sources share: their numbers, times, units and ranges of time."""

import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from readings.model import Unit
from readings.times import resolve_local, to_iso_8601
from readings.units import UnknownUnit, parse_unit
from runtime.text import quote_value
from worker.sources.model import Skipped, SourceRefused, SourceValue

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
# What systems write for a value that is missing.
_MISSING = {"unavailable", "unknown", "none", "null", "nan", "na", "n/a"}
NO_VALUE = Skipped("no value")
NOT_A_NUMBER = Skipped("not a number")


def parse_number(value: Any) -> float | Skipped:
    """Return the number, which may be text, or why it is none."""
    if value is None:
        return NO_VALUE
    if isinstance(value, str):
        text = value.strip()
        if not text:
            return NO_VALUE
        if text.casefold() in _MISSING:
            return Skipped(text.casefold())
        return _finite(float(text)) if _NUMBER.fullmatch(text) else NOT_A_NUMBER
    return _finite(value) if isinstance(value, int | float) and not isinstance(value, bool) else NOT_A_NUMBER


def _finite(number: float) -> float | Skipped:
    try:
        return float(number) if math.isfinite(number) else NOT_A_NUMBER
    except OverflowError:  # an integer beyond every float
        return NOT_A_NUMBER


def to_item(remote: str, moment: datetime, value: Any, unit: Unit) -> SourceValue | Skipped:
    """Return a value at a moment, or why it is none."""
    number = parse_number(value)
    return number if isinstance(number, Skipped) else SourceValue(remote, moment, number, unit)


def parse_moment(text: str, zone: tzinfo | None) -> datetime | Skipped:
    """Return the time in UTC, or why it is no moment; `zone` is that of times without an offset.

    Raises:
        SourceRefused: When it has no offset, and there is no zone.
    """
    try:
        time = datetime.fromisoformat(to_iso_8601(text))
        if time.tzinfo is not None:
            return time.astimezone(UTC)
    except (ValueError, OverflowError):  # in UTC, it may be before the first year or after the last
        return Skipped("no valid time")
    if zone is None:
        raise SourceRefused(f"the time {quote_value(text)} has no offset: set time_zone of the source")
    moments = resolve_local(time, zone)
    if len(moments) == 1:
        return moments[0]
    return Skipped("local time that occurs twice" if moments else "local time that the clocks skip")


def check_unit(text: str | None, unit: Unit, where: str) -> None:
    """Check that the unit of an answer, if it names one, is that of the source.

    Raises:
        SourceRefused: When it is another, or none of temperature.
    """
    if not text:
        return
    try:
        if parse_unit(text) is unit:
            return
    except UnknownUnit:
        pass
    raise SourceRefused(
        f"{where} is in {quote_value(text)}, but the unit of the source is {unit}: correct one of them"
    )


def windows(start: datetime, end: datetime, length: timedelta) -> Iterator[tuple[datetime, datetime]]:
    """Yield half-open ranges of at most this length, in order, which together are [start, end)."""
    while start < end:
        following = min(start + length, end)
        yield start, following
        start = following
