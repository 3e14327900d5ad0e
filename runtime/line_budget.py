"""A limit for log lines about single items: what exceeds it in a second is reported together."""

import time
from collections.abc import Callable

# More than a person can read as they scroll by; a line costs a tenth of what a reading does.
MAX_LINES_PER_SECOND = 20
SECOND = 1.0


class LineBudget:
    """Permits MAX_LINES_PER_SECOND lines. `flush` is called when a second is over, to report what had none.

    For one thread. `flush_if_due` must be called often, to report each second in time.
    """

    def __init__(self, flush: Callable[[], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._flush = flush
        self._clock = clock
        self._due_at = clock()
        self._lines = 0

    def acquire(self) -> bool:
        """Return whether a line is permitted now, and count it if so."""
        self.flush_if_due()
        if self._lines >= MAX_LINES_PER_SECOND:
            return False
        self._lines += 1
        return True

    def flush_if_due(self) -> None:
        """Report what had no line once its second is over."""
        now = self._clock()
        if now >= self._due_at:
            self._flush()
            self._due_at = now + SECOND
            self._lines = 0
