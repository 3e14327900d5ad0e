"""The mean of about a week."""

import math

from analysis.binary import StateReader, StateWriter

DAY_BINS = 48
WEEK_BINS = 7 * DAY_BINS
_DAYS = 3


class LongRunMean:
    """An exponential mean of about a week, and what it was when each of the last days started."""

    __slots__ = ("_day", "_starts", "current")

    def __init__(self) -> None:
        self.current = 0.0
        self._day = 0
        self._starts = [0.0] * _DAYS

    def begin(self, value: float) -> None:
        """Start with the first value."""
        self.current = value
        self._starts = [value] * _DAYS

    def before(self, number: int) -> float:
        """Return the mean when the day of a half hour of the last two days started."""
        return self._starts[number // DAY_BINS % _DAYS]

    def learn(self, number: int, initial_rate: float, value: float, elapsed: int) -> None:
        """Learn a value; the rate is at least the initial one, which gives the mean of the first values."""
        day = number // DAY_BINS
        for passed in range(max(self._day + 1, day - _DAYS + 1), day + 1):
            self._starts[passed % _DAYS] = self.current
        self._day = day
        rate = max(initial_rate, 1 - math.exp(-elapsed / WEEK_BINS))
        self.current += rate * (value - self.current)

    def write(self, writer: StateWriter) -> None:
        """Write the state."""
        writer.numbers(self.current, self._day, *self._starts)

    def read(self, reader: StateReader) -> None:
        """Read the state."""
        self.current, day, *self._starts = reader.numbers(2 + _DAYS)
        self._day = int(day)
