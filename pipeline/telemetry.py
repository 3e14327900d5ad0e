"""Telemetry of a consumer: one method per event updates metrics, health and log together."""

import time
from collections.abc import Callable

import structlog
from prometheus_client import Counter, Gauge

from pipeline.handler import StoreResult
from pipeline.isolation import IsolationUnavailable
from pipeline.store_log import ThrottledStoreLog
from readings.errors import DeadLetterReason, InvalidReading
from runtime.errors import ServiceUnavailable
from runtime.health import Health
from runtime.metrics import BatchHistogram, DependencyMetrics, export_build
from runtime.version import VERSION

BROKER = "broker"
DATABASE = "database"
# From normal operation to the end of a long outage.
LATENCY_BUCKETS = (
    0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 12.5, 16, 20, 25, 30, 40, 50, 60, 80, 100,
    125, 160, 200, 250, 300, 400, 500, 600, 800, 1000, 1250, 1800, 2500, 3600,
)  # fmt: skip
STORE_BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

RECEIVED = Counter("pipeline_messages_received_total", "Messages received, redeliveries included")
STORED = Counter("pipeline_readings_stored_total", "Readings inserted into the table")
DUPLICATE = Counter("pipeline_readings_duplicate_total", "Readings that were already in the table")
DEAD_LETTERED = Counter(
    "pipeline_messages_dead_lettered_total", "Messages that were dead-lettered", ["reason"]
)
IGNORED = Counter(
    "pipeline_messages_ignored_total", "Empty MQTT messages, with which a device clears a retained message"
)
REQUEUED = Counter("pipeline_messages_requeued_total", "Messages returned to the queue")
DEPENDENCY_UP = Gauge(
    "pipeline_dependency_up", "1 while the dependency is up, 0 while it is down", ["dependency"]
)
DEPENDENCY_DOWN_SECONDS = Counter(
    "pipeline_dependency_down_seconds_total", "Seconds for which the dependency was down", ["dependency"]
)
STORE = BatchHistogram(
    "pipeline_store_duration_seconds",
    "Duration of the statements of a batch, including commit",
    STORE_BUCKETS,
)
LATENCY = BatchHistogram(
    "pipeline_end_to_end_latency_seconds",
    "Seconds from measured_at to the commit; imported readings do not count",
    LATENCY_BUCKETS,
)
LAST_STORED = Gauge("pipeline_last_stored_timestamp_seconds", "Unix time of the last commit of a reading")
export_build("pipeline")


class PipelineTelemetry:
    """Implements the events of the consumer loop and of the handlers."""

    def __init__(self, health: Health, clock: Callable[[], float] = time.monotonic) -> None:
        self._health = health
        self._dependencies = DependencyMetrics(
            health, DEPENDENCY_UP, DEPENDENCY_DOWN_SECONDS, BROKER, DATABASE, clock=clock
        )
        self._log = structlog.get_logger().bind()
        self._store_log = ThrottledStoreLog(clock)
        self._isolation_is_down = False
        for reason in DeadLetterReason:
            DEAD_LETTERED.labels(reason.value)

    def started(self, batch_size: int | str, prefetch: int) -> None:
        """Record the start of the process, before it has reached anything."""
        self._log.info("started", version=VERSION, batch_size=batch_size, prefetch=prefetch)

    def progress(self) -> None:
        """Record that the loop is alive."""
        self._health.heartbeat()
        self._store_log.flush_if_due()

    def ended(self) -> None:
        """Record the end of the process."""
        self._store_log.flush()

    def received(self, messages: int) -> None:
        """Record received messages; their outcome is logged, not their receipt."""
        RECEIVED.inc(messages)

    def consuming(self, queue: str) -> None:
        """Record that the broker is connected."""
        self._dependencies.mark_up(BROKER)
        self._log.info("consuming", queue=queue)

    def broker_lost(self, reason: str, retry_seconds: float) -> None:
        """Record that the broker is down."""
        self._store_log.flush()
        self._dependencies.mark_down(BROKER, reason)
        self._log.warning("broker unavailable", reason=reason, retry_seconds=round(retry_seconds, 1))

    def dead_lettering_unavailable(self, reason: str, retry_seconds: float) -> None:
        """Record that the dead-letter queue accepts nothing; an invalid message is held."""
        self._log.warning(
            "dead-letter queue unavailable", reason=reason, retry_seconds=round(retry_seconds, 1)
        )

    def database_up(self) -> None:
        """Record that the database responds, and the end of an outage, whatever noticed its beginning."""
        outage_seconds = self._dependencies.mark_up(DATABASE)
        if outage_seconds is not None:
            self._log.info("database available", outage_seconds=round(outage_seconds, 1))

    def dependency_down(self, error: ServiceUnavailable, retry_seconds: float) -> None:
        """Record that the database is down, or that isolation is unavailable; the batch is held."""
        self._store_log.flush()
        self._isolation_is_down = isinstance(error, IsolationUnavailable)
        event = "isolation unavailable"
        if not self._isolation_is_down:
            event = "database unavailable"
            self._dependencies.mark_down(DATABASE, str(error))
        self._log.warning(event, reason=str(error), retry_seconds=round(retry_seconds, 1))

    def dependency_up(self) -> None:
        """Record that what was down last is available, and the held batch was handled."""
        if self._isolation_is_down:
            # The database may be down nevertheless: invalid messages do not reach it.
            self._isolation_is_down = False
            self._log.info("isolation available")
        else:
            self.database_up()

    def stored(self, result: StoreResult) -> None:
        """Record a batch that is committed and settled."""
        if not result.readings:
            return
        self.database_up()
        STORE.observe_all([result.seconds])
        STORED.inc(result.new)
        if duplicates := len(result.readings) - result.new:
            DUPLICATE.inc(duplicates)
        latencies = [
            (result.stored_at - reading.measured_at).total_seconds()
            for reading in result.readings
            if reading.import_id is None  # the age of history is no latency
        ]
        LATENCY.observe_all([max(0.0, latency) for latency in latencies])
        LAST_STORED.set(result.stored_at.timestamp())
        self._store_log.add(result, max(latencies, default=None))

    def stored_in_isolation(self, delivery_attempt: int | None, *, duplicate: bool) -> None:
        """Record a message that was stored in isolation."""
        (DUPLICATE if duplicate else STORED).inc()
        self._log.info("stored in isolation", delivery_attempt=delivery_attempt, duplicate=duplicate)

    def dead_lettered(self, error: InvalidReading) -> None:
        """Record a message that is in the dead-letter queue."""
        DEAD_LETTERED.labels(error.reason.value).inc()
        self._log.warning("dead-lettered", reason=error.reason.value, detail=error.detail)

    def ignored(self, messages: int) -> None:
        """Record empty MQTT messages, which are acked and not dead-lettered."""
        IGNORED.inc(messages)
        self._log.info("ignored", messages=messages, reason="an empty MQTT message clears a retained one")

    def requeued(self, reason: str, messages: int) -> None:
        """Record messages that were returned to the queue."""
        REQUEUED.inc(messages)
        self._log.info("requeued", reason=reason, messages=messages)
