"""Where to read a sensor's stored readings from, so that the excursions around a time are exact."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from limits.model import Limit, LimitKind, Reading
from limits.series import MEDIAN_INTERVALS

MINUTE = 60.0
# What lasted when a limit was set is followed back for so long.
LOOKBACK_SECONDS = 86_400.0


class MinuteRange(NamedTuple):
    """The readings of a minute; a roll-up may have some that are not evaluated yet."""

    starts_at: float
    readings: int
    low: float
    high: float


class Surroundings(NamedTuple):
    """The temperatures of the minutes around some readings, theirs included, and the last reading of all."""

    low: float
    high: float
    last_measured_at: float


class History(Protocol):
    """The stored readings of one sensor."""

    def around(self, first: float, last: float) -> Surroundings:
        """Return the surroundings of readings: from the minute with readings before them to some after them.

        The minutes after them have more than 10 readings.
        """

    def overlap_start(self, at: float) -> float:
        """Return when the earliest stored excursion started that contains a time; infinity without one."""

    def minutes_before(self, before: float) -> Iterable[MinuteRange]:
        """Yield the minutes with readings that start before a time, the latest first."""

    def readings(self, since: float) -> Iterator[Reading]:
        """Yield the evaluated readings from a time on, in order."""


class Anchor(NamedTuple):
    """`start`: where to read from. `since`: from when on no limit's state depends on what was before."""

    start: float
    since: float


def is_clear(limits: Sequence[Limit], low: float, high: float) -> bool:
    """Return whether readings between two temperatures end every excursion and start none."""
    for limit in limits:
        if limit.kind is LimitKind.HIGH and high > limit.threshold - limit.hysteresis:
            return False
        if limit.kind is LimitKind.LOW and low < limit.threshold + limit.hysteresis:
            return False
        if limit.kind is LimitKind.RATE and high - low > limit.threshold - limit.hysteresis:
            return False
    return True


def find_anchor(limits: Sequence[Limit], history: History, first: float, floor: float) -> Anchor:
    """Find the latest minute before `first` that is clear, and enough readings before it.

    These are the readings that decide what is a gap, and those in the windows of rates. A time before `floor`
    is not returned.
    """
    window = max((limit.window_seconds for limit in limits), default=0.0)
    minute = first // MINUTE * MINUTE
    minutes: list[MinuteRange] = []  # the latest first
    candidate, found = 0, False
    for each in history.minutes_before(minute):
        if each.starts_at < floor:
            break
        minutes.append(each)
        while not found and candidate < len(minutes) and _is_complete(minutes, candidate, window):
            found = _is_clear_minute(limits, minutes, candidate, window)
            candidate += not found
        if found and sum(each.readings for each in minutes[candidate + 1 :]) > MEDIAN_INTERVALS:
            break
    start = minutes[-1].starts_at if minutes else minute
    return Anchor(start, minutes[candidate].starts_at if found else min(start, floor))


def _is_complete(minutes: Sequence[MinuteRange], index: int, window: float) -> bool:
    """Return whether all minutes are known whose readings are in the window of a reading of this one."""
    return window == 0 or minutes[-1].starts_at < minutes[index].starts_at - window - MINUTE


def _is_clear_minute(
    limits: Sequence[Limit], minutes: Sequence[MinuteRange], index: int, window: float
) -> bool:
    own = minutes[index]
    together = [each for each in minutes[index:] if each.starts_at >= own.starts_at - window - MINUTE]
    rates = [limit for limit in limits if limit.kind is LimitKind.RATE]
    others = [limit for limit in limits if limit.kind is not LimitKind.RATE]
    return is_clear(others, own.low, own.high) and is_clear(
        rates, min(each.low for each in together), max(each.high for each in together)
    )
