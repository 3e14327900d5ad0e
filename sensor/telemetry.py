"""What happens in a sensor: one function an event moves the metric, the health and the log together."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import structlog
from prometheus_client import Counter, Gauge

from runtime.health import Health
from runtime.metrics import DependencyMetrics, export_build
from sensor.outbox.outbox import OutboxEntry

BROKER = "broker"
# Between two lines on what may happen with each reading.
QUIET_SECONDS = 10.0

MEASURED = Counter("sensor_readings_measured_total", "Readings taken from the source")
PUBLISHED = Counter("sensor_readings_published_total", "Readings sent to the broker, repetitions too")
CONFIRMED = Counter("sensor_readings_confirmed_total", "Readings that the broker confirmed")
RETURNED = Counter("sensor_readings_returned_total", "Readings that no queue took; they are sent again")
DROPPED = Counter("sensor_readings_dropped_total", "Readings dropped because the outbox was full")
OUTBOX_FAILURES = Counter("sensor_outbox_failures_total", "Times that the outbox's disk was full or broken")
WAITING = Gauge("sensor_outbox_readings", "Readings that wait for their confirm")
DEPENDENCY_UP = Gauge("sensor_dependency_up", "1 while the broker is up, 0 while it is down", ["dependency"])
DEPENDENCY_DOWN_SECONDS = Counter(
    "sensor_dependency_down_seconds_total", "Seconds for which the broker was down", ["dependency"]
)
LAST_CONFIRMED = Gauge(
    "sensor_last_confirmed_timestamp_seconds", "When the broker last confirmed a reading; at first the start"
)
INTERVAL = Gauge("sensor_interval_seconds", "Seconds between two readings, as they are set")
export_build("sensor")


class SensorTelemetry:
    """What the measuring loop and the delivery thread tell of themselves."""

    def __init__(self, health: Health, clock: Callable[[], float] = time.monotonic) -> None:
        self._health = health
        self._dependencies = DependencyMetrics(
            health, DEPENDENCY_UP, DEPENDENCY_DOWN_SECONDS, BROKER, clock=clock
        )
        self._log = structlog.get_logger()
        self._drop_lines, self._failure_lines = _Pace(clock), _Pace(clock)
        self._drops_untold = 0

    def progress(self) -> None:
        """The delivery thread is alive."""
        self._health.heartbeat()

    def started(self, source: str, interval_seconds: float, run_id: str, outbox: Path, waiting: int) -> None:
        """The sensor begins to measure; so many readings of earlier runs wait."""
        WAITING.set(waiting)
        INTERVAL.set(interval_seconds)
        LAST_CONFIRMED.set_to_current_time()
        self._log.info(
            "measuring",
            source=source,
            interval_seconds=interval_seconds,
            run_id=run_id,
            outbox=str(outbox),
            readings_waiting=waiting,
        )

    def measured(self, waiting: int) -> None:
        """A reading is in the outbox."""
        MEASURED.inc()
        WAITING.set(waiting)

    def connected(self) -> None:
        """The broker takes what there is to take."""
        self._dependencies.mark_up(BROKER)
        self._log.info("connected to the broker")
        self._tell_drops()

    def broker_lost(self, reason: str, retry_seconds: float, waiting: int) -> None:
        """The broker does not take readings; they wait."""
        self._dependencies.mark_down(BROKER, reason)
        self._log.warning(
            "broker unavailable",
            reason=reason,
            retry_seconds=round(retry_seconds, 1),
            readings_waiting=waiting,
        )

    def published(self) -> None:
        """A reading is sent to the broker, which has yet to confirm it."""
        PUBLISHED.inc()

    def returned(self) -> None:
        """The broker gave a reading back, since no queue takes it. The loss that follows has the line."""
        RETURNED.inc()

    def confirmed(self, reading: OutboxEntry, waiting: int) -> None:
        """The broker has the reading."""
        CONFIRMED.inc()
        LAST_CONFIRMED.set_to_current_time()
        WAITING.set(waiting)
        message = reading.message or json.loads(reading.body)
        self._log.info(
            "published",
            sensor=reading.sensor_id,
            temperature=message["temperature"],
            unit=message["unit"],
            measured_at=message["measured_at"],
            sequence=message["sequence"],
        )

    def dropped(self, readings: int) -> None:
        """The outbox was full and lost its oldest readings."""
        DROPPED.inc(readings)
        self._drops_untold += readings
        if self._drop_lines.due():
            self._tell_drops()

    def outbox_damaged(self, aside: Path, reason: str) -> None:
        """The outbox's file cannot be read; it was moved aside and a new one begun."""
        self._log.error("outbox damaged", reason=reason, moved_to=str(aside))

    def outbox_failed(self, reason: str, in_memory: int) -> None:
        """The outbox's disk is full or broken; readings stay in memory, which a kill would lose."""
        OUTBOX_FAILURES.inc()
        if self._failure_lines.due():
            self._log.error("outbox failed", reason=reason, readings_in_memory=in_memory)

    def outbox_recovered(self) -> None:
        """All readings are on disk again."""
        self._log.info("outbox works again")

    def left_waiting(self, readings: int, in_memory: int) -> None:
        """The process ends; the outbox keeps the readings on disk for the next run and loses the others."""
        self._tell_drops()
        if readings > in_memory:
            self._log.info("readings left in the outbox", readings=readings - in_memory)
        if in_memory:
            self._log.error("readings lost", readings=in_memory, reason="the outbox could not be written")

    def _tell_drops(self) -> None:
        if self._drops_untold:
            self._log.error(
                "readings dropped",
                readings=self._drops_untold,
                reason="the outbox is full; raise OUTBOX_MAX_READINGS",
            )
            self._drops_untold = 0


class _Pace:
    """Due at once, and then once in QUIET_SECONDS."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._next = clock()

    def due(self) -> bool:
        """Whether it is time for a line; if so, the next one has to wait."""
        now = self._clock()
        if now < self._next:
            return False
        self._next = now + QUIET_SECONDS
        return True
