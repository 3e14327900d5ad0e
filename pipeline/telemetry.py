"""What happens in a consumer: one function an event moves the metric, the health and the log together."""

import time
from collections.abc import Callable

import structlog
from prometheus_client import Counter, Gauge, Histogram

from pipeline.handler import Stored
from pipeline.store_log import ThrottledStoreLog
from readings.errors import DeadLetterReason, InvalidReading
from runtime.health import Health
from runtime.metrics import BatchHistogram, DependencyMetrics, export_build
from runtime.version import VERSION

BROKER = "broker"
DATABASE = "database"
# From a well system to the end of a long outage, whose length a quantile then tells.
DELAY_BUCKETS = (
    0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600,
)  # fmt: skip
STORE_BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

RECEIVED = Counter("pipeline_messages_received_total", "Messages taken in hand, redeliveries too")
STORED = Counter("pipeline_readings_stored_total", "Readings committed for the first time")
DUPLICATE = Counter("pipeline_readings_duplicate_total", "Readings that were in the table already")
DEAD = Counter("pipeline_messages_dead_lettered_total", "Messages that were dead-lettered", ["reason"])
REQUEUED = Counter("pipeline_messages_requeued_total", "Messages given back to the queue")
DEPENDENCY_UP = Gauge(
    "pipeline_dependency_up", "1 while the dependency is up, 0 while it is down", ["dependency"]
)
DEPENDENCY_DOWN_SECONDS = Counter(
    "pipeline_dependency_down_seconds_total", "Seconds for which the dependency was down", ["dependency"]
)
STORE = Histogram(
    "pipeline_store_duration_seconds", "The statements of a batch, to their commit", buckets=STORE_BUCKETS
)
DELAY = BatchHistogram("pipeline_end_to_end_latency_seconds", "From measured_at to the commit", DELAY_BUCKETS)
LAST_STORED = Gauge("pipeline_last_stored_timestamp_seconds", "When a reading was last committed")
export_build("pipeline")


class PipelineTelemetry:
    """Implements what the consumer loop and the handler tell of themselves."""

    def __init__(self, health: Health, clock: Callable[[], float] = time.monotonic) -> None:
        self._health = health
        self._dependencies = DependencyMetrics(
            health, DEPENDENCY_UP, DEPENDENCY_DOWN_SECONDS, BROKER, DATABASE, clock=clock
        )
        self._log = structlog.get_logger().bind()
        self._lines = ThrottledStoreLog(clock)
        for reason in DeadLetterReason:
            DEAD.labels(reason.value)

    def started(self, batch_size: int, prefetch: int) -> None:
        """The process begins; it has reached nothing yet."""
        self._log.info("started", version=VERSION, batch_size=batch_size, prefetch=prefetch)

    def progress(self) -> None:
        """The loop is alive."""
        self._health.heartbeat()
        self._lines.when_due()

    def ended(self) -> None:
        """The process is about to end."""
        self._lines.finish()

    def received(self, messages: int) -> None:
        """So many messages are in hand. No line: their outcome is told."""
        RECEIVED.inc(messages)

    def consuming(self, queue: str) -> None:
        """Connected to the broker."""
        self._dependencies.mark_up(BROKER)
        self._log.info("consuming", queue=queue)

    def broker_lost(self, reason: str, retry_seconds: float) -> None:
        """The broker went away or has not come yet."""
        self._lines.finish()
        self._dependencies.mark_down(BROKER, reason)
        self._log.warning("broker unavailable", reason=reason, retry_seconds=round(retry_seconds, 1))

    def database_answers(self) -> None:
        """The database was reached."""
        self._dependencies.mark_up(DATABASE)

    def outage(self, reason: str, retry_seconds: float) -> None:
        """The database went away; what is in hand waits."""
        self._lines.finish()
        self._dependencies.mark_down(DATABASE, reason)
        self._log.warning("database unavailable", reason=reason, retry_seconds=round(retry_seconds, 1))

    def outage_over(self, seconds: float) -> None:
        """The database is back and what was in hand is handled."""
        self._dependencies.mark_up(DATABASE)
        self._log.info("database is back", outage_seconds=round(seconds, 1))

    def stored(self, stored: Stored) -> None:
        """The readings of a batch are in the table."""
        if not stored.readings:
            return
        self._dependencies.mark_up(DATABASE)
        STORE.observe(stored.seconds)
        STORED.inc(stored.new)
        DUPLICATE.inc(len(stored.readings) - stored.new)
        delays = [(stored.at - reading.measured_at).total_seconds() for reading in stored.readings]
        DELAY.observe_all([max(0.0, delay) for delay in delays])
        LAST_STORED.set(stored.at.timestamp())
        self._lines.add(stored, max(delays))

    def acquitted(self, delivery_number: int | None, *, duplicate: bool) -> None:
        """A suspect message was stored by its trial."""
        (DUPLICATE if duplicate else STORED).inc()
        self._log.info("stored after a trial", deliveries=delivery_number, duplicate=duplicate)

    def dead_lettered(self, error: InvalidReading) -> None:
        """A message is in the dead queue."""
        DEAD.labels(error.reason.value).inc()
        self._log.warning("dead-lettered", reason=error.reason.value, detail=error.detail)

    def requeued(self, reason: str, messages: int) -> None:
        """Messages went back to the queue."""
        REQUEUED.inc(messages)
        self._log.info("requeued", reason=reason, messages=messages)
