"""The pace at which readings are published."""

import time
from collections.abc import Callable, Sequence

# A publisher that falls behind, because the broker is slow or unavailable, catches up with this much at most.
MAX_DEBT_SECONDS = 1.0
# Often enough for the delay of a reading to be that of the system.
MIN_WAIT_SECONDS, MAX_WAIT_SECONDS = 0.002, 0.1


class Pacer:
    """Says how many readings are due, while each rate holds for `stage_seconds`.

    All connections of a protocol share one, so that their number does not change the rate.
    """

    def __init__(
        self, rates: Sequence[float], stage_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rates = rates
        self._stage_seconds = stage_seconds
        self._clock = clock
        self._started_at = clock()
        self._taken = 0.0

    def start(self) -> None:
        """Start with the first rate."""
        self._started_at = self._clock()

    @property
    def stage(self) -> int:
        """The index of the current rate; the number of rates once the time is over."""
        passed = max(0.0, self._clock() - self._started_at)
        return min(int(passed / self._stage_seconds), len(self._rates))

    def take(self, limit: int) -> int:
        """Return how many readings are due, at most `limit`, and count them as published."""
        stage = self.stage
        if stage == len(self._rates):
            return 0
        due = self._due(stage)
        self._taken = max(self._taken, due - max(1.0, self._rates[stage] * MAX_DEBT_SECONDS))
        taken = max(0, min(int(due - self._taken), limit))
        self._taken += taken
        return taken

    def seconds_until_due(self) -> float:
        """Return how long to wait until the next reading is due, within limits."""
        stage = self.stage
        if stage == len(self._rates):
            return MAX_WAIT_SECONDS
        seconds = (self._taken + 1 - self._due(stage)) / self._rates[stage]
        return min(max(seconds, MIN_WAIT_SECONDS), MAX_WAIT_SECONDS)

    def _due(self, stage: int) -> float:
        """Return how many readings are due since the start."""
        passed = self._clock() - self._started_at - stage * self._stage_seconds
        return sum(self._rates[:stage]) * self._stage_seconds + passed * self._rates[stage]
