"""What the next reading is expected to be, from the last readings."""

from math import sqrt

from analysis.binary import StateReader, StateWriter
from analysis.detectors.scale import RobustScale
from analysis.parameters import ShortTermParameters

# What the smallest difference, which is the resolution, learns of a larger one.
RESOLUTION_LEARNING_RATE = 0.001
SECOND_INTERVAL = 2  # the readings before it


class ShortTerm:
    """The last value plus a part of its last change, with the scale of what that misses.

    The part is the autocorrelation of the differences: negative where noise prevails, positive where the
    temperature changes smoothly.
    """

    __slots__ = (
        "_gaps",
        "_interval",
        "_parameters",
        "_product",
        "_square",
        "change",
        "last",
        "last_at",
        "readings",
        "resolution",
        "scale",
    )

    def __init__(self, parameters: ShortTermParameters) -> None:
        self._parameters = parameters
        self._gaps = 0
        self._interval = 0.0
        self._square = 0.0
        self._product = 0.0
        self.scale = RobustScale(parameters)
        self.change = 0.0
        """The last difference in K."""
        self.last = 0.0
        self.last_at = 0.0
        self.readings = 0
        self.resolution = 0.0
        """The smallest difference that is seen, in K."""

    @property
    def interval(self) -> float:
        """The usual interval in seconds; 0 while it is unknown."""
        return self._interval

    def expected(self) -> float:
        """Return what is expected next."""
        square = self._square
        if square <= 0.0:
            return self.last
        limit = self._parameters.max_autocorrelation
        part = self._product / square
        return self.last + (limit if part > limit else max(part, -limit)) * self.change

    def sigma(self, at: float) -> float:
        """Return the standard deviation of the residual at a time; a longer interval widens it."""
        sigma = self.scale.sigma(self._parameters.resolution_scale * self.resolution)
        ratio = (at - self.last_at) / self._interval if self._interval else 1.0
        return sigma * sqrt(ratio) if ratio > 1.0 else sigma

    def is_gap(self, at: float) -> bool:
        """Return whether the reading at a time follows a gap."""
        gap = self._parameters.max_gap_intervals * self._interval
        return 0.0 < gap < at - self.last_at

    def learn(self, at: float, value: float, residual: float, sigma: float) -> None:
        """Learn a reading that does not follow a gap."""
        difference = value - self.last
        size = abs(difference)
        if size > 0.0:
            self._learn_resolution(size)
        self.scale.learn(at, abs(residual), sigma)
        rate = 1.0 / (self.scale.count + 1)
        limit = 4.0 * sigma
        clipped = difference if size <= limit else limit if difference > 0.0 else -limit
        self._square += (clipped * clipped - self._square) * rate
        self._product += (clipped * self.change - self._product) * rate
        self._learn_interval(at)
        self._gaps = 0
        self.move(at, value, clipped)

    def move(self, at: float, value: float, change: float = 0.0) -> None:
        """Continue from a reading without learning from it."""
        self.last_at, self.last, self.change = at, value, change
        self.readings += 1

    def learn_gap(self, at: float, value: float) -> None:
        """Continue after a gap; several in a row are a changed interval."""
        self._gaps += 1
        if self._gaps >= self._parameters.restart_gaps:
            self._gaps = 0
            self._interval = at - self.last_at
            self._square = self._product = 0.0
            self.scale.restart()
        self.move(at, value)

    def _learn_interval(self, at: float) -> None:
        interval = at - self.last_at
        memory = self._parameters.interval_memory_readings
        count = self.readings
        if count == SECOND_INTERVAL and interval * self._parameters.max_gap_intervals < self._interval:
            # The first one was a gap, as of a sensor that was tried out weeks before it was installed.
            self._interval = interval
            return
        self._interval += (interval - self._interval) / (min(memory, count))

    def _learn_resolution(self, size: float) -> None:
        if self.resolution == 0.0 or size < self.resolution:
            self.resolution = size
        else:
            self.resolution += RESOLUTION_LEARNING_RATE * (size - self.resolution)

    def write(self, state: StateWriter) -> None:
        """Append the state."""
        state.numbers(self._gaps, self._interval, self._square, self._product)
        state.numbers(self.change, self.last, self.last_at, self.readings, self.resolution)
        self.scale.write(state)

    def read(self, state: StateReader) -> None:
        """Take over a state."""
        gaps, self._interval, self._square, self._product = state.numbers(4)
        self.change, self.last, self.last_at, readings, self.resolution = state.numbers(5)
        self._gaps, self.readings = int(gaps), int(readings)
        self.scale.read(state)
