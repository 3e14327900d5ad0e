"""Wakes those that follow the stored readings, which otherwise look for new readings each second."""

import time
from collections.abc import Callable
from contextlib import suppress

from db.errors import InvalidData, StoreUnavailable

CHANNEL = "reading_stored"
# Not in the transaction that stores: there a notification takes a lock of the whole server at each commit.
NOTIFY = f"SELECT pg_notify('{CHANNEL}', '')"
INTERVAL_SECONDS = 0.2


class WakeUp:
    """Notifies followers after a commit, at most five times per second."""

    def __init__(self, execute: Callable[[str], object], clock: Callable[[], float] = time.monotonic) -> None:
        self._execute, self._clock = execute, clock
        self._due_at = 0.0

    def notify_if_due(self) -> None:
        """Notify. A failure has no effect: what was stored stays stored, and followers look for it anyway."""
        now = self._clock()
        if now >= self._due_at:
            self._due_at = now + INTERVAL_SECONDS
            with suppress(StoreUnavailable, InvalidData):
                self._execute(NOTIFY)
