"""The sensor's events: one method per event updates the metrics, the health and the log together."""

import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import structlog
from prometheus_client import Counter, Gauge

from runtime.health import Health
from runtime.line_budget import LineBudget
from runtime.metrics import DependencyMetrics, export_build
from runtime.tracing import log_fields
from sensor.outbox.entry import OutboxEntry

BROKER = "broker"
# Minimum seconds between two log lines of an event that can occur with each reading.
LOG_INTERVAL_SECONDS = 10.0
# Of a published reading; those of a recording have no sequence.
LOGGED_FIELDS = ("temperature", "unit", "measured_at", "sequence")

MEASURED = Counter("sensor_readings_measured_total", "Readings taken from the source")
PUBLISHED = Counter("sensor_readings_published_total", "Readings sent to the broker, including retries")
CONFIRMED = Counter("sensor_readings_confirmed_total", "Readings that the broker confirmed")
RETURNED = Counter(
    "sensor_readings_returned_total", "Readings returned by the broker as unroutable; they are sent again"
)
DROPPED = Counter("sensor_readings_dropped_total", "Readings dropped because the outbox was full")
OUTBOX_FAILURES = Counter(
    "sensor_outbox_failures_total", "Failed operations on the outbox's file: the disk was full or failed"
)
OUTBOX_FAILING_SINCE = Gauge(
    "sensor_outbox_failing_since_timestamp_seconds",
    "When the outbox's file first could not be written, because the disk was full or failed; 0 once it can",
)
PENDING = Gauge("sensor_outbox_readings", "Readings that the broker has not confirmed yet")
DEPENDENCY_UP = Gauge("sensor_dependency_up", "1 while the broker is up, 0 while it is down", ["dependency"])
DEPENDENCY_DOWN_SECONDS = Counter(
    "sensor_dependency_down_seconds_total", "Seconds for which the broker was down", ["dependency"]
)
LAST_CONFIRMED = Gauge(
    "sensor_last_confirmed_timestamp_seconds",
    "Time at which the broker last confirmed a reading; the start of the process before the first confirm",
)
INTERVAL = Gauge(
    "sensor_interval_seconds",
    "Configured seconds between two readings; of several sensors, the shortest; NaN for a replay at a speed",
)
export_build("sensor")


class SensorTelemetry:
    """Records the events of the sampler, the outbox and its relay."""

    def __init__(self, health: Health, clock: Callable[[], float] = time.monotonic) -> None:
        self._health = health
        self._source_responds = True
        self._is_outbox_failing = False
        self._dependencies = DependencyMetrics(
            health, DEPENDENCY_UP, DEPENDENCY_DOWN_SECONDS, BROKER, clock=clock
        )
        self._log = structlog.get_logger()
        self._drop_limiter, self._failure_limiter = _RateLimiter(clock), _RateLimiter(clock)
        self._unlogged_drops = 0
        self._published_budget = LineBudget(self._log_unlogged_published, clock)
        self._unlogged_published = 0

    def progress(self) -> None:
        """Record a heartbeat of the relay; it is none for the process while the source does not respond."""
        if self._source_responds:
            self._health.heartbeat()
        self._published_budget.flush_if_due()

    def started(
        self,
        sensors: int,
        source: str,
        interval_seconds: float | None,
        run_id: str,
        outbox: Path,
        pending: int,
    ) -> None:
        """Record the start, the shortest interval, and the number of pending readings of earlier runs."""
        PENDING.set(pending)
        INTERVAL.set(math.nan if interval_seconds is None else interval_seconds)
        LAST_CONFIRMED.set_to_current_time()
        self._log.info(
            "measuring",
            sensors=sensors,
            source=source,
            interval_seconds=interval_seconds,
            run_id=run_id,
            outbox=str(outbox),
            readings_pending=pending,
        )

    def source_requested(self) -> None:
        """Record that the sampler waits for the source: the last heartbeat until the source responds."""
        self._health.heartbeat()
        self._source_responds = False

    def source_responded(self) -> None:
        """Record that the source responded."""
        self._source_responds = True

    def measured(self, readings: int, pending: int) -> None:
        """Record new readings in the outbox."""
        MEASURED.inc(readings)
        PENDING.set(pending)

    def source_ended(self) -> None:
        """Record that the replay has ended, and that the process waits for its shutdown."""
        self._log.info("replay ended", hint="the process waits until it is stopped (REPLAY_EXIT=false)")

    def broker_up(self) -> None:
        """Record that the broker accepts readings."""
        self._dependencies.mark_up(BROKER)
        self._log.info("connected to the broker")
        self._log_drops()

    def broker_down(self, reason: str, retry_seconds: float, pending: int) -> None:
        """Record that the broker does not accept readings."""
        self._dependencies.mark_down(BROKER, reason)
        self._log.warning(
            "broker unavailable",
            reason=reason,
            retry_seconds=round(retry_seconds, 1),
            readings_pending=pending,
        )

    def published(self) -> None:
        """Record a reading that was sent to the broker and is not confirmed yet."""
        PUBLISHED.inc()

    def returned(self) -> None:
        """Record a reading that the broker returned as unroutable; `broker_down` follows and logs it."""
        RETURNED.inc()

    def confirmed(self, entries: Sequence[OutboxEntry], pending: int) -> None:
        """Record readings that the broker confirmed: a line for each, or one per second beyond a limit."""
        CONFIRMED.inc(len(entries))
        LAST_CONFIRMED.set_to_current_time()
        PENDING.set(pending)
        for entry in entries:
            if self._published_budget.acquire():
                self._log_published(entry)
            else:
                self._unlogged_published += 1

    def _log_published(self, entry: OutboxEntry) -> None:
        payload = entry.payload or _decode(entry.body)
        fields = {name: payload[name] for name in LOGGED_FIELDS if name in payload}
        self._log.info("published", sensor=entry.sensor_id, **fields, **log_fields(entry.trace))

    def dropped(self, readings: int) -> None:
        """Record the oldest readings that a full outbox dropped."""
        DROPPED.inc(readings)
        self._unlogged_drops += readings
        if self._drop_limiter.acquire():
            self._log_drops()

    def outbox_damaged(self, moved_to: Path, reason: str) -> None:
        """Record that the outbox's file was damaged, and was renamed and replaced by an empty one."""
        self._log.error("outbox damaged", reason=reason, moved_to=str(moved_to))

    def outbox_failed(self, reason: str, in_memory: int) -> None:
        """Record that the disk is full or fails; a kill would lose the readings that are in memory only."""
        OUTBOX_FAILURES.inc()
        if not self._is_outbox_failing:
            OUTBOX_FAILING_SINCE.set_to_current_time()
        self._is_outbox_failing = True
        if self._failure_limiter.acquire():
            self._log.error("outbox failed", reason=reason, readings_in_memory=in_memory)

    def outbox_recovered(self) -> None:
        """Record that all readings are on disk again."""
        OUTBOX_FAILING_SINCE.set(0)
        self._is_outbox_failing = False
        self._log.info("outbox recovered")

    def stopped(self, pending: int, in_memory: int) -> None:
        """Record the end; the next run publishes the pending readings, except those in memory only."""
        self._log_unlogged_published()
        self._log_drops()
        if pending > in_memory:
            self._log.info("readings remain in the outbox", readings=pending - in_memory)
        if in_memory:
            self._log.error("readings lost", readings=in_memory, reason="the outbox could not be written")

    def _log_unlogged_published(self) -> None:
        if self._unlogged_published:
            self._log.info("published (aggregated)", readings=self._unlogged_published)
            self._unlogged_published = 0

    def _log_drops(self) -> None:
        if self._unlogged_drops:
            self._log.error(
                "readings dropped",
                readings=self._unlogged_drops,
                reason="the outbox is full; raise OUTBOX_MAX_READINGS",
            )
            self._unlogged_drops = 0


def _decode(body: bytes) -> Mapping[str, Any]:
    """Return the fields of a body from the file; none if it is damaged, which a consumer finds."""
    try:
        payload = json.loads(body)
    except ValueError:
        return {}
    return payload if isinstance(payload, dict) else {}


class _RateLimiter:
    """Permits an action at most once per LOG_INTERVAL_SECONDS."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._next_at = clock()

    def acquire(self) -> bool:
        """Return whether the action is permitted now; if so, it is not again for LOG_INTERVAL_SECONDS."""
        now = self._clock()
        if now < self._next_at:
            return False
        self._next_at = now + LOG_INTERVAL_SECONDS
        return True
