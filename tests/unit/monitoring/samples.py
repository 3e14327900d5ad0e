"""Sensors, queues and reports as the probes return them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from monitoring.model import Health, Queue, Sensor, Service
from monitoring.services import ServiceReport
from runtime.health import Dependency

NOW = datetime(2026, 11, 22, 5, 30, 25, tzinfo=UTC)
REFUSED = "Connection refused"


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


UP = Dependency(None, ago(1000))


def sensor(sensor_id: str = "1", offline_since: datetime | None = None, **changes: Any) -> Sensor:
    fields: dict[str, Any] = {
        "name": None,
        "location": None,
        "last_measured_at": offline_since or ago(1),
        "last_received_at": offline_since or ago(1),
        "last_temperature": 20.0,
        "interval_seconds": 1.0,
    }
    return Sensor(sensor_id=sensor_id, offline_since=offline_since, **fields | changes)


def queue(**changes: Any) -> Queue:
    fields: dict[str, Any] = {
        "name": "heat", "ready": 0, "unacked": 1, "dead_letters": 0, "consumers": 1,
        "publish_rate": 1, "ack_rate": 1,
    }  # fmt: skip
    return Queue(**fields | changes)


def report(
    name: str, health: Health = Health.READY, reason: str | None = None, **dependencies: Dependency
) -> ServiceReport:
    since = min((state.since for state in dependencies.values() if state.reason), default=None)
    service = Service(name=name, health=health, reason=reason, health_since=since)
    return ServiceReport(service=service, dependencies=dependencies)


def not_ready(name: str, dependency: str, since: datetime, **others: Dependency) -> ServiceReport:
    reason = f"{dependency}: {REFUSED}"
    return report(name, Health.NOT_READY, reason, **{dependency: Dependency(REFUSED, since)}, **others)
