"""What happens in a consumer: one function an event moves the metric, the health and the log together."""

from datetime import UTC, datetime

import structlog
from prometheus_client import Counter, Gauge, Histogram

from messaging.contract import Reading
from messaging.errors import DeadReason, InvalidReading
from service.health import Health

BROKER = "broker"
DATABASE = "database"
DELAY_BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600)

STORED = Counter("pipeline_readings_stored_total", "Readings committed for the first time")
DUPLICATE = Counter("pipeline_readings_duplicate_total", "Readings that were in the table already")
DEAD = Counter("pipeline_messages_dead_total", "Messages that were dead-lettered", ["reason"])
REQUEUED = Counter("pipeline_messages_requeued_total", "Messages given back to the queue")
OUTAGE = Gauge("pipeline_outage", "1 while the database is away")
DELAY = Histogram(
    "pipeline_end_to_end_delay_seconds", "From measured_at to the commit", buckets=DELAY_BUCKETS
)
LAST_STORED = Gauge("pipeline_last_stored_timestamp_seconds", "When a reading was last committed")


class PipelineEvents:
    """Implements what the consumer loop and the handler tell of themselves."""

    def __init__(self, health: Health) -> None:
        self._health = health
        self._log = structlog.get_logger()
        for reason in DeadReason:
            DEAD.labels(reason.value)

    def progress(self) -> None:
        """The loop is alive."""
        self._health.beat()

    def consuming(self, queue: str) -> None:
        """Connected to the broker."""
        self._health.up(BROKER)
        self._log.info("consuming", queue=queue)

    def broker_lost(self, reason: str, retry_seconds: float) -> None:
        """The broker went away or has not come yet."""
        self._health.down(BROKER, reason)
        self._log.warning("broker unavailable", reason=reason, retry_seconds=round(retry_seconds, 1))

    def database_answers(self) -> None:
        """The database was reached."""
        self._health.up(DATABASE)
        OUTAGE.set(0)

    def outage(self, reason: str, retry_seconds: float) -> None:
        """The database went away; the message in hand waits."""
        self._health.down(DATABASE, reason)
        OUTAGE.set(1)
        self._log.warning("database unavailable", reason=reason, retry_seconds=round(retry_seconds, 1))

    def outage_over(self, seconds: float) -> None:
        """The database is back and the message in hand was handled."""
        self._health.up(DATABASE)
        OUTAGE.set(0)
        self._log.info("database is back", outage_seconds=round(seconds, 1))

    def stored(self, reading: Reading, *, duplicate: bool) -> None:
        """A reading is in the table."""
        now = datetime.now(UTC)
        self._health.up(DATABASE)
        (DUPLICATE if duplicate else STORED).inc()
        delay = (now - reading.measured_at).total_seconds()
        DELAY.observe(max(0.0, delay))
        LAST_STORED.set(now.timestamp())
        self._log.info(
            "duplicate" if duplicate else "stored",
            sensor=reading.sensor_id,
            temperature=round(reading.temperature, 3),
            measured_at=reading.measured_at.isoformat(),
            delay_ms=round(delay * 1000, 1),
        )

    def acquitted(self, delivery_number: int | None, *, duplicate: bool) -> None:
        """A suspect message was stored by its trial."""
        (DUPLICATE if duplicate else STORED).inc()
        self._log.info("stored after a trial", deliveries=delivery_number, duplicate=duplicate)

    def dead_lettered(self, error: InvalidReading) -> None:
        """A message is in the dead queue."""
        DEAD.labels(error.reason.value).inc()
        self._log.warning("dead-lettered", reason=error.reason.value, detail=error.detail)

    def requeued(self, reason: str) -> None:
        """A message went back to the queue."""
        REQUEUED.inc()
        self._log.info("requeued", reason=reason)
