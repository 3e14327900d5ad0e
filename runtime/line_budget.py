"""A limit for log lines about single items: beyond it, their number is reported once per second."""

import time
from collections.abc import Callable

# More than a person can read as they scroll by.
MAX_LINES_PER_SECOND = 20
SECOND = 1.0


class LineBudget:
    """Permits MAX_LINES_PER_SECOND lines and counts the items without one, for `log_aggregate`.

    For one thread. `flush_if_due` must be called often, to report each second in time.
    """

    def __init__(
        self, log_aggregate: Callable[[int], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._log_aggregate = log_aggregate
        self._clock = clock
        self._due_at = clock()
        self._lines = self._suppressed = 0

    def take(self, items: int) -> int:
        """Return how many of the items may have a line each; the others are counted."""
        self.flush_if_due()
        lines = min(items, MAX_LINES_PER_SECOND - self._lines)
        self._lines += lines
        self._suppressed += items - lines
        return lines

    def flush_if_due(self) -> None:
        """Report the items without a line once their second is over."""
        now = self._clock()
        if now >= self._due_at:
            self.flush()
            self._due_at = now + SECOND
            self._lines = 0

    def flush(self) -> None:
        """Report the items without a line now."""
        if self._suppressed:
            self._log_aggregate(self._suppressed)
            self._suppressed = 0
