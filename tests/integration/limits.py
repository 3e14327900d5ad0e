"""Limits, readings and excursions of a database, and an evaluation of them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg

from db.evaluation.evaluation import Evaluation
from tests.database import Database, Row
from tests.waiting import DEADLINE_SECONDS, eventually

HOUR_AGO = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(hours=1)


def minute(number: float) -> datetime:
    return HOUR_AGO + timedelta(minutes=number)


def evaluate(database: Database, evaluation: Evaluation) -> None:
    database.await_older_transactions()
    evaluation.evaluate()


def register(database: Database, *sensors: str, location: str | None = None) -> None:
    for sensor in sensors:
        database.query("INSERT INTO sensor (sensor_id, location) VALUES (%s, %s)", sensor, location)


def set_limits(database: Database, *rules: dict[str, Any]) -> list[Row]:
    rows = [
        {"severity": "warning", "sensor_id": None, "location": None, "pattern": None, **rule}
        for rule in rules
    ]
    return database.query("SELECT * FROM set_limits('test', %s)", json.dumps(rows))


def await_lock(database: Database, connection: psycopg.Connection[Row]) -> None:
    """Wait until the statement of a connection waits for a lock."""
    blocked = "SELECT pid FROM pg_locks WHERE NOT granted AND pid = %s"
    process = connection.info.backend_pid
    eventually(lambda: database.query(blocked, process), DEADLINE_SECONDS, "the statement waits")


def store(database: Database, sensor: str, readings: Mapping[int, float] | Mapping[float, float]) -> None:
    for number, temperature in readings.items():
        database.query(
            "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) VALUES (%s, %s, %s, %s)",
            uuid4(), sensor, minute(number), temperature,
        )  # fmt: skip


def excursions(database: Database, columns: str = "sensor_id, started_at, ended_at") -> list[tuple[Any, ...]]:
    rows = database.query(f"SELECT {columns} FROM excursion ORDER BY sensor_id, started_at")
    return [tuple(row.values()) for row in rows]
