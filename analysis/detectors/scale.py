"""The robust scale of residuals."""

from array import array
from math import pi, sqrt

from analysis.binary import StateReader, StateWriter
from analysis.parameters import HOUR_SECONDS, ShortTermParameters

# The standard deviation of a normal distribution, in mean absolute deviations.
SIGMA_PER_MEAN_DEVIATION = sqrt(pi / 2)
# Residuals that are learnt in full, before there is a scale to limit them by.
FULL_READINGS = 8
HOURS = 24


class RobustScale:
    """A mean of absolute residuals; what one residual adds is limited.

    It is the larger of the mean of the last readings and that of the present hour of the day. The latter is
    the mean of all hours as long as little is known of this one.
    """

    __slots__ = (
        "_fast",
        "_hour",
        "_hour_count",
        "_hour_counts",
        "_hour_mean",
        "_hour_sum",
        "_hour_sums",
        "_parameters",
        "_slow",
        "count",
    )

    def __init__(self, parameters: ShortTermParameters) -> None:
        self._parameters = parameters
        self._slow = 0.0
        self._fast = 0.0
        self._hour = -1
        self._hour_sum = 0.0
        self._hour_count = 0
        self._hour_mean = 0.0
        self._hour_sums = array("f", [0.0] * HOURS)
        self._hour_counts = array("f", [0.0] * HOURS)
        self.count = 0
        """How many residuals it has learnt, at most as many as it remembers."""

    def sigma(self, floor: float) -> float:
        """Return the standard deviation, at least the floor."""
        usual = self._hour_mean or self._slow
        return max(SIGMA_PER_MEAN_DEVIATION * max(usual, self._fast), floor)

    def learn(self, at: float, residual: float, sigma: float) -> None:
        """Learn an absolute residual, given the present standard deviation."""
        hour = int(at // HOUR_SECONDS)
        if hour != self._hour:
            self._start_hour(hour)
        parameters = self._parameters
        count = self.count
        if count < parameters.memory_readings:
            self.count = count = count + 1
        limit = parameters.clip_scales * sigma
        if count > FULL_READINGS and residual > limit > 0.0:
            residual = limit
        self._slow += (residual - self._slow) / count
        self._fast += (residual - self._fast) / min(count, parameters.fast_memory_readings)
        self._hour_sum += residual
        self._hour_count += 1

    def restart(self) -> None:
        """Keep the scale, but learn it again as quickly as a new one."""
        self.count = 0
        self._hour_sums = array("f", [0.0] * HOURS)
        self._hour_counts = array("f", [0.0] * HOURS)
        self._hour_mean = 0.0

    def _start_hour(self, hour: int) -> None:
        sums, counts = self._hour_sums, self._hour_counts
        past = self._hour % HOURS
        kept = self._parameters.hour_kept
        if self._hour >= 0:
            sums[past] = kept * sums[past] + self._hour_sum
            counts[past] = kept * counts[past] + self._hour_count
        self._hour, self._hour_sum, self._hour_count = hour, 0.0, 0
        prior = self._parameters.hour_prior_readings
        self._hour_mean = max(
            (sums[each % HOURS] + prior * self._slow) / (counts[each % HOURS] + prior)
            for each in (hour - 1, hour, hour + 1)
        )

    def write(self, state: StateWriter) -> None:
        """Append the state."""
        state.numbers(self._slow, self._fast, self.count)
        state.numbers(self._hour, self._hour_sum, self._hour_count, self._hour_mean)
        state.singles(self._hour_sums)
        state.singles(self._hour_counts)

    def read(self, state: StateReader) -> None:
        """Take over a state."""
        self._slow, self._fast, count = state.numbers(3)
        hour, self._hour_sum, hour_count, self._hour_mean = state.numbers(4)
        self.count, self._hour, self._hour_count = int(count), int(hour), int(hour_count)
        self._hour_sums = state.singles(HOURS)
        self._hour_counts = state.singles(HOURS)
