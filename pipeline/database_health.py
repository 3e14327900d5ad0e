"""Knows whether the database answers while no message asks it."""

import time

from db.errors import StoreUnavailable
from db.store import Store
from pipeline.telemetry import PipelineTelemetry
from runtime.lifecycle import ShutdownSignal
from runtime.retry import retry

CHECK_SECONDS = 5.0


class DatabaseHealthCheck:
    """Waits for the database before the first message, and looks after it while there is none."""

    def __init__(self, store: Store, events: PipelineTelemetry) -> None:
        self._store = store
        self._events = events
        self._checked_at = 0.0

    def wait(self, stop: ShutdownSignal, limit_seconds: float) -> None:
        """Return once the database answers.

        Raises StoreUnavailable after `limit_seconds` (0: never), Stopped when asked to stop.
        """

        def sleep(seconds: float) -> None:
            self._events.progress()
            stop.sleep(seconds)

        attempts = retry(
            sleep=sleep,
            on_failure=lambda error, seconds: self._events.outage(str(error), seconds),
            max_elapsed_seconds=limit_seconds,
        )
        attempts(self._store.check)
        self._answered()

    def when_idle(self) -> None:
        """Check every few seconds."""
        if time.monotonic() - self._checked_at < CHECK_SECONDS:
            return
        try:
            self._store.check()
        except StoreUnavailable as error:
            self._checked_at = time.monotonic()
            self._events.outage(str(error), CHECK_SECONDS)
        else:
            self._answered()

    def _answered(self) -> None:
        self._checked_at = time.monotonic()
        self._events.database_answers()
