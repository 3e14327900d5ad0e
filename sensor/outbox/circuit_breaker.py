"""Trying again later what the disk refuses now."""

import time
from collections.abc import Callable

from sensor.outbox.sqlite import OutboxFileFailed

RETRY_SECONDS = 1.0


class CircuitBreaker:
    """Does something with the file; after a failure, which is told, not again for a moment."""

    def __init__(self, action: Callable[[], None], on_failure: Callable[[OutboxFileFailed], None]) -> None:
        self._action = action
        self._on_failure = on_failure
        self._not_before = 0.0

    @property
    def due(self) -> bool:
        """Whether a call would do anything."""
        return time.monotonic() >= self._not_before

    def __call__(self) -> None:
        """Do it, unless it failed a moment ago."""
        if not self.due:
            return
        try:
            self._action()
        except OutboxFileFailed as error:
            self._not_before = time.monotonic() + RETRY_SECONDS
            self._on_failure(error)
