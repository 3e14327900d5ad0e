"""What happens in a sensor: one function an event moves the metric, the health and the log together."""

import json

import structlog
from prometheus_client import Counter, Gauge

from sensor.outbox import Outgoing
from service.health import Health

BROKER = "broker"

MEASURED = Counter("sensor_readings_measured_total", "Readings taken from the source")
CONFIRMED = Counter("sensor_readings_confirmed_total", "Readings that the broker confirmed")
DROPPED = Counter("sensor_readings_dropped_total", "Readings dropped because the outbox was full")
WAITING = Gauge("sensor_outbox_readings", "Readings that wait for their confirm")


class SensorEvents:
    """What the measuring loop and the delivery thread tell of themselves."""

    def __init__(self, health: Health) -> None:
        self._health = health
        self._log = structlog.get_logger()

    def progress(self) -> None:
        """The delivery thread is alive."""
        self._health.beat()

    def started(self, source: str, interval_seconds: float, run_id: str) -> None:
        """The sensor begins to measure."""
        self._log.info("measuring", source=source, interval_seconds=interval_seconds, run_id=run_id)

    def measured(self, waiting: int) -> None:
        """A reading is in the outbox."""
        MEASURED.inc()
        WAITING.set(waiting)

    def connected(self) -> None:
        """The broker answers."""
        self._health.up(BROKER)
        self._log.info("connected to the broker")

    def broker_lost(self, reason: str, retry_seconds: float, waiting: int) -> None:
        """The broker does not take readings; they wait."""
        self._health.down(BROKER, reason)
        self._log.warning(
            "broker unavailable",
            reason=reason,
            retry_seconds=round(retry_seconds, 1),
            readings_waiting=waiting,
        )

    def confirmed(self, reading: Outgoing, waiting: int) -> None:
        """The broker has the reading."""
        CONFIRMED.inc()
        WAITING.set(waiting)
        message = json.loads(reading.body)
        self._log.info(
            "published",
            sensor=reading.sensor_id,
            temperature=message["temperature"],
            unit=message["unit"],
            measured_at=message["measured_at"],
            sequence=message["sequence"],
        )

    def dropped(self) -> None:
        """The outbox was full and lost its oldest reading."""
        DROPPED.inc()
        self._log.error("reading dropped", reason="the outbox is full; raise PENDING_MAX_READINGS")

    def left_behind(self, readings: int) -> None:
        """The process ends with readings that the broker has not confirmed."""
        self._log.error("readings not delivered", readings=readings)
