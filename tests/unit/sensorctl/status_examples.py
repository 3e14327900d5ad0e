"""A status of the system as `sensorctl status` shows it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from monitoring.model import (
    Health,
    Problem,
    Queue,
    Sensor,
    Service,
    SystemStatus,
    Throughput,
)
from monitoring.problems import ProblemKind

NOW = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def sensor(sensor_id: str, **changed: Any) -> Sensor:
    known: dict[str, Any] = {
        "name": None,
        "location": None,
        "last_measured_at": ago(3),
        "last_temperature": 21.456,
        "interval_seconds": 1.0,
        "offline_since": None,
        "readings": 9,
        "min_temperature": 19.0,
        "mean_temperature": 20.5,
        "max_temperature": 22.0,
        "minutes": [20.0] * 30 + [22.0] * 30,
    }
    return Sensor(sensor_id=sensor_id, **known | changed)


def problem(subject: str = "heat.dead", **changed: Any) -> Problem:
    return Problem(
        **{
            "kind": ProblemKind.DEAD_LETTERS,
            "subject": subject,
            "started_at": ago(90),
            "message": "1 message is dead.",
            "hint": "`sensorctl dead list` shows it.",
            **changed,
        }
    )


HEALTHY: dict[str, Any] = {
    "at": NOW,
    "services": [
        Service(
            name="sensor-1", health=Health.READY, health_since=ago(7000), started_at=ago(8000), restarts=2
        ),
        Service(name="pipeline-1", health=Health.READY, health_since=ago(100), started_at=ago(300_000)),
    ],
    "queue": Queue(
        name="heat", ready=3, unacked=1, dead_letters=0, consumers=2, publish_rate=1.84, ack_rate=1.8,
        oldest_enqueued_at=ago(4),
    ),
    "throughput": Throughput(stored_rate=1.8, latency_p50=0.0042, latency_p95=1.26),
    "sensors": [sensor("1"), sensor("2"), sensor("3")],
    "problems": [],
}  # fmt: skip


def system_status(**changed: Any) -> SystemStatus:
    return SystemStatus(**HEALTHY | changed)
