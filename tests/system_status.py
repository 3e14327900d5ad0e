"""Statuses of the system as the collector returns them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitoring.model import Health, Problem, Queue, Sensor, Service, SystemStatus, Throughput
from monitoring.problems import ProblemKind

MOMENT = datetime(2026, 11, 22, 12, 0, 3, tzinfo=UTC)
QUEUE = Queue(
    name="sensor_data", ready=4, unacked=1, dead_letters=2, consumers=1, publish_rate=1.5, ack_rate=1.25
)
THROUGHPUT = Throughput(stored_rate=1.5, latency_p50=0.012, latency_p95=0.05)
DATABASE_DOWN = Problem(
    kind=ProblemKind.DATABASE_DOWN,
    subject="database",
    started_at=MOMENT,
    message="The database does not respond.",
    hint="Start it.",
)


def sensor(sensor_id: str = "1", **changes: Any) -> Sensor:
    online = Sensor(
        sensor_id=sensor_id,
        name=None,
        location=None,
        last_measured_at=MOMENT,
        last_temperature=21.5,
        interval_seconds=1.0,
        offline_since=None,
        readings=60,
        min_temperature=20.0,
        mean_temperature=21.0,
        max_temperature=22.0,
        minutes=[None] * 59 + [21.0],
    )
    return replace(online, **changes)


def healthy_status(*sensors: Sensor, after_seconds: float = 0, **changes: Any) -> SystemStatus:
    """A status without problems, some seconds after MOMENT, except for the given changes."""
    healthy = SystemStatus(
        at=MOMENT + timedelta(seconds=after_seconds),
        services=[Service(name="pipeline-1", health=Health.READY, health_since=MOMENT, restarts=0)],
        queue=QUEUE,
        throughput=THROUGHPUT,
        sensors=list(sensors or (sensor(),)),
        problems=[],
    )
    return replace(healthy, **changes)


def outage_status() -> SystemStatus:
    """A status in which no part of the system responds."""
    unknown = Throughput(stored_rate=None, latency_p50=None, latency_p95=None)
    return healthy_status(services=[], queue=None, throughput=unknown, sensors=None, problems=[DATABASE_DOWN])
