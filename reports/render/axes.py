"""Ticks of a chart's axes: round temperatures, and round times of a time zone."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from reports.render.notation import Notation

MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720)  # steps within a day
DAYS = (1, 2, 7, 14)
MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200)
DAY = timedelta(days=1)
MAX_VALUE_TICKS = 7
MAX_TIME_TICKS = 9


@dataclass(frozen=True, slots=True)
class TimeTick:
    """A time at the axis. The second line is what changes less often: the date, or the year."""

    at: datetime
    label: str
    context: str


def value_ticks(low: float, high: float) -> list[float]:
    """Return the round values between two, at most MAX_VALUE_TICKS."""
    rough = (high - low) / MAX_VALUE_TICKS
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * magnitude for factor in (1, 2, 5, 10) if factor * magnitude >= rough)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return [round(index * step, decimals) for index in range(first, last + 1)]


def time_ticks(start: datetime, end: datetime, zone: ZoneInfo, notation: Notation) -> list[TimeTick]:
    """Return round times of the zone in a period, about MAX_TIME_TICKS at most."""
    span = (end - start).total_seconds()
    if minutes := next((step for step in MINUTES if span <= step * 60 * MAX_TIME_TICKS), None):
        return _label(_within_days(start, end, zone, minutes), notation, "time")
    if days := next((step for step in DAYS if span <= step * 86_400 * MAX_TIME_TICKS), None):
        return _label(_days(start, end, zone, days), notation, "day")
    months = next((step for step in MONTHS if span <= step * 30.4 * 86_400 * MAX_TIME_TICKS), MONTHS[-1])
    return _label(_months(start, end, zone, months), notation, "month")


@lru_cache(maxsize=16)
def clock_changes(start: datetime, end: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Return when the offset of the zone changes within a period."""
    changes, moment = [], start.astimezone(UTC)
    while moment < end:
        following = min(moment + DAY, end.astimezone(UTC))
        if moment.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
            changes.append(_find_change(moment, following, zone))
        moment = following
    return tuple(changes)


def _find_change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0).astimezone(zone)


def _days_between(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[date]:
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last:
        yield day
        day += DAY


def _within_days(start: datetime, end: datetime, zone: ZoneInfo, step: int) -> list[datetime]:
    moments = (
        datetime.combine(day, time(*divmod(minute, 60)), zone)
        for day in _days_between(start, end, zone)
        for minute in range(0, 24 * 60, step)
    )
    return [moment for moment in moments if _shown(moment) and start <= moment <= end]


def _days(start: datetime, end: datetime, zone: ZoneInfo, step: int) -> list[datetime]:
    moments = (
        datetime.combine(day, time(), zone)
        for day in _days_between(start, end, zone)
        if day.toordinal() % step == 1 % step  # weeks begin on Mondays
    )
    return [moment for moment in moments if start <= moment <= end]


def _months(start: datetime, end: datetime, zone: ZoneInfo, step: int) -> list[datetime]:
    first, last = start.astimezone(zone), end.astimezone(zone)
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    moments = (
        datetime(number // 12, number % 12 + 1, 1, tzinfo=zone) for number in numbers if number % step == 0
    )
    return [moment for moment in moments if start <= moment <= end]


def _shown(moment: datetime) -> bool:
    """Return whether the clocks of the zone show this time: a change skips some."""
    return moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None) == moment.replace(
        tzinfo=None
    )


def _label(moments: list[datetime], notation: Notation, kind: str) -> list[TimeTick]:
    ticks, previous = [], ""
    for moment in moments:
        if kind == "time":
            label, context = f"{moment:%H:%M}", f"{notation.day(moment)}"
        elif kind == "day":
            label, context = notation.day(moment), f"{moment.year}"
        else:
            label, context = notation.month(moment), f"{moment.year}"
        ticks.append(TimeTick(moment, label, context if context != previous else ""))
        previous = context
    return ticks
