"""Check the database while no message does."""

import time

from db.errors import StoreUnavailable
from db.store import Store
from pipeline.telemetry import PipelineTelemetry
from runtime.lifecycle import ShutdownSignal
from runtime.retry import retry

CHECK_SECONDS = 5.0


class DatabaseHealthCheck:
    """Waits for the database before the first message, and checks it while no message arrives."""

    def __init__(self, store: Store, telemetry: PipelineTelemetry) -> None:
        self._store = store
        self._telemetry = telemetry
        self._checked_at = 0.0

    def wait(self, stop: ShutdownSignal, timeout_seconds: float) -> None:
        """Return once the database responds; a time-out of 0 waits without limit.

        Raises:
            StoreUnavailable: After `timeout_seconds`.
            ShutdownRequested: When shutdown was requested meanwhile.
        """

        def sleep(seconds: float) -> None:
            self._telemetry.progress()
            stop.sleep(seconds)

        attempts = retry(
            sleep=sleep,
            on_failure=self._telemetry.dependency_down,
            max_elapsed_seconds=timeout_seconds,
        )
        attempts(self._store.check)
        self._mark_up()

    def when_idle(self) -> None:
        """Check the database every CHECK_SECONDS."""
        if time.monotonic() - self._checked_at < CHECK_SECONDS:
            return
        try:
            self._store.check()
        except StoreUnavailable as error:
            self._checked_at = time.monotonic()
            self._telemetry.dependency_down(error, CHECK_SECONDS)
        else:
            self._mark_up()

    def _mark_up(self) -> None:
        self._checked_at = time.monotonic()
        self._telemetry.database_up()
