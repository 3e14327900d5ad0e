"""What is usual at a time of the day and of the week, learned from half-hour means."""

from analysis.binary import StateReader, StateWriter
from analysis.forecast_parameters import BIN_SECONDS, SeasonParameters
from analysis.models.long_run import DAY_BINS, WEEK_BINS, LongRunMean
from analysis.models.profile import Profile


class Season:
    """A daily profile around the mean of the last day, and a weekly one around the long-run mean.

    Half hours are known by their number since 1970. The daily profile is used after two days, and the weekly
    one after fourteen; before, they are zero.
    """

    __slots__ = ("_daily", "_first", "_learned", "_level", "_parameters", "_spread", "_value", "_weekly")

    def __init__(self, parameters: SeasonParameters) -> None:
        self._parameters = parameters
        self._daily = Profile(DAY_BINS)
        self._weekly = Profile(WEEK_BINS // 2, bins=2)
        self._level = LongRunMean()
        self._first = self._learned = -1
        self._value = self._spread = 0.0

    def has_daily(self, number: int) -> bool:
        """Return whether there is enough history for a daily profile."""
        return (number - self._first) * BIN_SECONDS >= self._parameters.daily_after_seconds

    def daily(self, place: float) -> float:
        """Return the difference from the day's mean that is usual at a half hour, or between two."""
        return self._daily(place)

    def weekly(self, place: float, number: int) -> float:
        """Return the difference from long-run mean and daily profile, as far as known at a half hour."""
        has_weekly = (number - self._first) * BIN_SECONDS >= self._parameters.weekly_after_seconds
        return self._weekly(place) if has_weekly else 0.0

    def level(self, number: int) -> float:
        """Return the long-run mean as it was when the day of a half hour of the last two days started."""
        return self._level.before(number)

    def learn(self, number: int, value: float, day_mean: float) -> None:
        """Learn the mean of a half hour, and of those since the last one by interpolation."""
        if self._first < 0:
            self._first = number
            self._level.begin(value)
        elif number > self._learned:
            self._learn(number, value, day_mean)
        self._learned, self._value = number, value

    def _learn(self, number: int, value: float, day_mean: float) -> None:
        elapsed, age = number - self._learned, number - self._first
        self._level.learn(number, elapsed / (age + elapsed), value, elapsed)
        if age < DAY_BINS or elapsed * BIN_SECONDS > self._parameters.max_interpolation_seconds:
            return
        slope = (value - self._value) / elapsed
        for passed in range(self._learned + 1, number + 1):
            interpolated = value - slope * (number - passed)
            self._learn_daily(passed, interpolated - day_mean, age // DAY_BINS)
            if self._weekly.is_knot(passed):
                self._learn_weekly(passed, interpolated, age // WEEK_BINS)

    def _learn_daily(self, number: int, distance: float, days: int) -> None:
        difference = distance - self._daily(number)
        if days > 1:
            limit = self._parameters.clip * self._spread
            difference = min(max(difference, -limit), limit)
        weight = 1 / (DAY_BINS * min(days, self._parameters.spread_days))
        self._spread += weight * (abs(difference) - self._spread)
        self._daily.learn(number, max(1 / days, self._parameters.daily_rate) * difference)

    def _learn_weekly(self, number: int, value: float, weeks: int) -> None:
        difference = value - self._level.current - self._daily(number) - self._weekly(number)
        limit = 2 * self._parameters.clip * self._spread
        rate = max(1 / (weeks + 2), self._parameters.weekly_rate)
        self._weekly.learn(number, rate * min(max(difference, -limit), limit))

    def write(self, writer: StateWriter) -> None:
        """Write the state."""
        writer.numbers(self._first, self._learned, self._value, self._spread)
        for part in (self._level, self._daily, self._weekly):
            part.write(writer)

    def read(self, reader: StateReader) -> None:
        """Read the state."""
        first, learned, self._value, self._spread = reader.numbers(4)
        self._first, self._learned = int(first), int(learned)
        for part in (self._level, self._daily, self._weekly):
            part.read(reader)
