"""The main loop: waits for the lock, follows the readings, and starts again after an outage."""

import time
from collections.abc import Callable
from contextlib import suppress

from tenacity import Retrying

from analysis.analyzer import SensorState
from analysis.following import Following
from analysis.parameters import Parameters
from analysis.telemetry import AnalysisTelemetry
from db.analysis.store import AnalysisStore
from db.errors import StoreUnavailable
from runtime.lifecycle import ShutdownSignal
from runtime.retry import retry

STANDBY_SECONDS = 1.0
# A notification of a consumer ends the wait; without one, what is stored is read each second.
POLL_SECONDS = 1.0
# With many consumers their notifications would otherwise start a step every few milliseconds.
MIN_STEP_SECONDS = 0.1


class AnalysisService:
    """Analyses readings whenever no other process does, until the shutdown."""

    def __init__(
        self,
        store: AnalysisStore,
        create: Callable[[], SensorState],
        telemetry: AnalysisTelemetry,
        stop: ShutdownSignal,
        connect_timeout_seconds: float = 0,
        parameters: Parameters | None = None,
    ) -> None:
        self._store, self._create, self._telemetry, self._stop = store, create, telemetry, stop
        self._connect_timeout_seconds = connect_timeout_seconds
        self._parameters = parameters

    def run(self) -> None:
        """Run until the shutdown; an outage of the database pauses it.

        Raises:
            ShutdownRequested: When the shutdown is requested while it waits.
            StoreUnavailable: When the database was never reached within the time-out.
        """
        timeout_seconds = self._connect_timeout_seconds
        while not self._stop.is_set():
            following = self._acquire(timeout_seconds)
            timeout_seconds = 0
            try:
                self._follow(following)
            except StoreUnavailable as error:
                self._telemetry.database_down(error, 0)

    def _acquire(self, timeout_seconds: float) -> Following:
        """Wait for the lock, and continue from what is saved, as soon as a step succeeds."""
        is_locked = self._retry(timeout_seconds)(self._store.lock)
        attempts = self._retry()  # without limit, since the database was reached
        while not is_locked:
            self._telemetry.standing_by()
            self._sleep(STANDBY_SECONDS)
            is_locked = attempts(self._store.lock)
        following: Following = attempts(self._start)
        return following

    def _retry(self, timeout_seconds: float = 0) -> Retrying:
        return retry(
            sleep=self._sleep,
            on_failure=self._telemetry.database_down,
            max_elapsed_seconds=timeout_seconds,
        )

    def _start(self) -> Following:
        """Load what is saved, with the lock, and do the first step.

        The connection that had the lock may be lost. A database that is frozen, or keeps a table locked, lets
        states be loaded, but no step be done: without a pause they would be loaded again and again.

        Raises:
            StoreUnavailable: When another process took the lock meanwhile, or a step cannot be done now.
        """
        if not self._store.lock():
            raise StoreUnavailable("another instance took the lock")
        saved = self._store.load()
        following = Following(self._store, saved, self._create, self._telemetry, parameters=self._parameters)
        following.step()
        self._telemetry.analysing(len(saved.states))
        return following

    def _follow(self, following: Following) -> None:
        while not self._stop.is_set():
            started_at = time.monotonic()
            self._telemetry.progress()
            is_behind = following.step()
            self._telemetry.database_up()
            if not is_behind and not self._stop.is_set():
                self._store.wait(POLL_SECONDS)
                self._stop.wait(MIN_STEP_SECONDS - (time.monotonic() - started_at))
        with suppress(StoreUnavailable):
            following.checkpoint()

    def _sleep(self, seconds: float) -> None:
        self._telemetry.progress()
        self._stop.sleep(seconds)
