"""A run: publish for a time, wait until everything is stored, and report."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.load import report
from benchmarks.load.engine import Engine
from benchmarks.load.measurements import Measurements
from benchmarks.load.options import LoadOptions
from benchmarks.load.pacing import Pacer
from benchmarks.load.report import Stored
from benchmarks.load.stored import StoredReadings
from db.errors import StoreUnavailable
from runtime.lifecycle import ShutdownSignal
from sensorctl.output import show

POLL_SECONDS = 0.5
PROGRESS_SECONDS = 5.0


@dataclass(slots=True, kw_only=True)
class Run:
    """Publishes, and observes the database; Locust's users take turns with it on one thread."""

    options: LoadOptions
    measurements: Measurements
    pacers: Sequence[Pacer]
    engine: Engine
    database: StoredReadings
    _observed: int = 0

    def publish(self, stop: ShutdownSignal) -> None:
        """Publish until the time is over, or until the run is stopped here or on the page."""
        started_at, next_line = time.monotonic(), PROGRESS_SECONDS
        self.database.start()
        for pacer in self.pacers:
            pacer.start()
        self.engine.start()
        while (passed := time.monotonic() - started_at) < self.options.seconds:
            if stop.is_set() or self.engine.is_stopped:
                break
            if passed >= next_line:
                show(report.progress_line(passed, self.options, self.measurements, self._observed))
                next_line += PROGRESS_SECONDS
            self._observe()
            time.sleep(POLL_SECONDS)
        self.measurements.seconds = min(time.monotonic() - started_at, self.options.seconds)
        self.engine.stop()

    def drain(self, stop: ShutdownSignal) -> Stored:
        """Return what is stored once that is everything confirmed, the time is over or the user stops it."""
        started_at = time.monotonic()
        try:
            first = readings = self.database.count()
            while True:
                waited = time.monotonic() - started_at
                of_unconfirmed = self._of_unconfirmed()
                missing = self.measurements.confirmed - (readings - of_unconfirmed)
                if missing <= 0 or waited > self.options.drain_seconds or stop.is_set():
                    break
                time.sleep(POLL_SECONDS)
                self._observe()
                readings = self.database.count()
            return Stored(
                readings=readings,
                of_unconfirmed=of_unconfirmed,
                stages=self.database.stages(self.measurements.seconds),
                waited_seconds=waited,
                stored_per_second=(readings - first) / waited if waited else 0.0,
            )
        except StoreUnavailable as error:
            return Stored(error=str(error))

    def _of_unconfirmed(self) -> int:
        unconfirmed = self.measurements.unconfirmed
        return self.database.count_of(unconfirmed) if unconfirmed else 0

    def _observe(self) -> None:
        """Add what was stored since the last call to the page."""
        try:
            delays = self.database.new_delays()
        except StoreUnavailable as error:
            self.measurements.count_failure(f"database: {error}")
            return
        self._observed += sum(delay.readings for delay in delays)
        self.engine.add_stored(delays)
