"""The robust scale of residuals."""

from math import pi, sqrt

from analysis.binary import StateReader, StateWriter
from analysis.parameters import ShortTermParameters

# The standard deviation of a normal distribution, in mean absolute deviations.
SIGMA_PER_MEAN_DEVIATION = sqrt(pi / 2)
# Residuals that are learnt in full, before there is a scale to limit them by.
FULL_READINGS = 8


class RobustScale:
    """The larger of a slow and a fast mean of absolute residuals; what one residual adds is limited."""

    __slots__ = ("_clip", "_fast", "_fast_memory", "_memory", "_slow", "count")

    def __init__(self, parameters: ShortTermParameters) -> None:
        self._memory = parameters.memory_readings
        self._fast_memory = parameters.fast_memory_readings
        self._clip = parameters.clip_scales
        self._slow = 0.0
        self._fast = 0.0
        self.count = 0
        """How many residuals it has learnt, at most as many as it remembers."""

    def sigma(self, floor: float) -> float:
        """Return the standard deviation, at least the floor."""
        sigma = SIGMA_PER_MEAN_DEVIATION * (max(self._fast, self._slow))
        return max(floor, sigma)

    def learn(self, residual: float, sigma: float) -> None:
        """Learn an absolute residual, given the present standard deviation."""
        count = self.count
        if count < self._memory:
            self.count = count = count + 1
        limit = self._clip * sigma
        if count > FULL_READINGS and residual > limit > 0.0:
            residual = limit
        self._slow += (residual - self._slow) / count
        fast_memory = self._fast_memory
        self._fast += (residual - self._fast) / (min(fast_memory, count))

    def restart(self) -> None:
        """Keep the scale, but learn it again as quickly as a new one."""
        self.count = 0

    def write(self, state: StateWriter) -> None:
        """Append the state."""
        state.numbers(self._slow, self._fast, self.count)

    def read(self, state: StateReader) -> None:
        """Take over a state."""
        self._slow, self._fast, count = state.numbers(3)
        self.count = int(count)
