"""The change of temperature within a window."""

from collections import deque

from limits.model import Reading

# So that 2.3 - 0.3 is no more than 2 °C.
DECIMALS = 9


class ChangeWindow:
    """The readings of the last seconds, of which only those that can be an extreme are kept."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._highs: deque[Reading] = deque()
        self._lows: deque[Reading] = deque()

    def add(self, reading: Reading) -> float:
        """Add the next reading, and return its largest difference from a reading of the window in K."""
        at, temperature = reading
        for extremes, sign in ((self._highs, 1), (self._lows, -1)):
            while extremes and extremes[0].measured_at < at - self._seconds:
                extremes.popleft()
            while extremes and sign * extremes[-1].temperature <= sign * temperature:
                extremes.pop()
            extremes.append(reading)
        change = max(self._highs[0].temperature - temperature, temperature - self._lows[0].temperature)
        return round(change, DECIMALS)

    def clear(self) -> None:
        """Forget the readings."""
        self._highs.clear()
        self._lows.clear()

    def dump(self) -> list[list[Reading]]:
        """Return what `restore` accepts."""
        return [list(self._highs), list(self._lows)]

    def restore(self, dumped: list[list[list[float]]]) -> None:
        """Take the state of another window."""
        self._highs, self._lows = (deque(Reading(*each) for each in side) for side in dumped)
