"""Weekly schedules: at which times of the week, in a time zone, a limit holds."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from runtime.text import quote_value

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EXAMPLE = "mon-fri 08:00-18:00, sat 10:00-14:00"
DAY = timedelta(days=1)
_WINDOW = re.compile(r"(?:([a-z]{3})(?:-([a-z]{3}))? )?(\d\d):([0-5]\d)-(\d\d):([0-5]\d)")
MINUTES_PER_DAY = 24 * 60


class Window(NamedTuple):
    """A time of some days of the week, in minutes after midnight; it ends on the next day if earlier."""

    days: tuple[int, ...]
    start: int
    end: int


class Piece(NamedTuple):
    """A time in which a limit holds all the time, or does not hold at all."""

    start: float
    end: float
    active: bool


@dataclass(frozen=True)
class Schedule:
    """The windows of a week in which a limit holds, in the local time of a zone."""

    windows: tuple[Window, ...]
    zone: ZoneInfo

    def pieces(self, start: float, end: float) -> list[Piece]:
        """Split the time from `start` to `end` where the limit may start or cease to hold."""
        pieces = []
        while start < end:
            piece = self.piece_at(start)
            pieces.append(Piece(start, min(piece.end, end), piece.active))
            start = piece.end
        return pieces

    def piece_at(self, at: float) -> Piece:
        """Return the time around a moment; it may end where the next piece is the same."""
        day = datetime.fromtimestamp(at, self.zone).date()
        intervals = _merge([each for n in range(-1, 3) for each in _active_on(self, day + n * DAY)])
        index = bisect_right(intervals, (at, float("inf")))
        if index and at < intervals[index - 1][1]:
            return Piece(*intervals[index - 1], active=True)
        start = intervals[index - 1][1] if index else at
        horizon = _moment(day + 2 * DAY, 0, self.zone)
        return Piece(start, intervals[index][0] if index < len(intervals) else horizon, active=False)


@lru_cache(maxsize=4096)
def _active_on(schedule: Schedule, day: date) -> tuple[tuple[float, float], ...]:
    """Return the windows that start on a day. Clocks that change on it make a window shorter or longer."""
    return tuple(
        (_moment(day, window.start, schedule.zone), _moment(day, _end(window), schedule.zone))
        for window in schedule.windows
        if day.weekday() in window.days
    )


def _end(window: Window) -> int:
    return window.end if window.end > window.start else window.end + MINUTES_PER_DAY


def _moment(day: date, minutes: int, zone: ZoneInfo) -> float:
    days, rest = divmod(minutes, MINUTES_PER_DAY)
    local = datetime.combine(day + days * DAY, time(rest // 60, rest % 60), zone)
    return local.astimezone(UTC).timestamp()


def _merge(intervals: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Join windows that overlap or follow each other without a break."""
    merged: list[tuple[float, float]] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return merged


def parse_schedule(text: str, zone: str) -> Schedule:
    """Return the schedule that a text such as `mon-fri 08:00-18:00, sat 10:00-14:00` describes.

    Raises:
        ValueError: When the text or the zone is not valid.
    """
    windows = tuple(_parse_window(part.strip().lower(), text) for part in text.split(","))
    return Schedule(windows, parse_zone(zone))


def parse_zone(name: str) -> ZoneInfo:
    """Return a zone of the IANA database.

    Raises:
        ValueError: When there is none of this name.
    """
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise ValueError(
            f"there is no time zone {quote_value(name)}: use a name such as Europe/Zurich or UTC"
        ) from None


def _parse_window(part: str, text: str) -> Window:
    match = _WINDOW.fullmatch(part)
    if match is None or not {match[1], match[2]} <= {None, *DAYS}:
        raise ValueError(f"{quote_value(text)} is not a weekly schedule: write it like {EXAMPLE!r}")
    start, end = int(match[3]) * 60 + int(match[4]), int(match[5]) * 60 + int(match[6])
    if start >= MINUTES_PER_DAY or end > MINUTES_PER_DAY:
        raise ValueError(f"{quote_value(part)} has a time after 24:00")
    if start == end:
        raise ValueError(f"{quote_value(part)} ends when it starts; for the whole day write 00:00-24:00")
    return Window(_parse_days(match[1], match[2]), start, end)


def _parse_days(first: str | None, last: str | None) -> tuple[int, ...]:
    if first is None:
        return tuple(range(7))
    start = DAYS.index(first)
    count = (DAYS.index(last or first) - start) % 7 + 1
    return tuple((start + n) % 7 for n in range(count))
