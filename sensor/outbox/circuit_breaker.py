"""A circuit breaker for operations on the outbox's file."""

import time
from collections.abc import Callable

from sensor.outbox.sqlite import OutboxFileFailed

RETRY_SECONDS = 1.0


class CircuitBreaker:
    """Runs an operation on the file. After a failure it opens: it skips calls for `RETRY_SECONDS`.

    It reports each failure to `on_failure` instead of raising it.
    """

    def __init__(self, operation: Callable[[], None], on_failure: Callable[[OutboxFileFailed], None]) -> None:
        self._operation = operation
        self._on_failure = on_failure
        self._open_until = 0.0

    @property
    def is_open(self) -> bool:
        """Whether calls are skipped."""
        return time.monotonic() < self._open_until

    def __call__(self) -> None:
        """Run the operation, unless the circuit is open."""
        if self.is_open:
            return
        try:
            self._operation()
        except OutboxFileFailed as error:
            self._open_until = time.monotonic() + RETRY_SECONDS
            self._on_failure(error)
