"""Rows of the analysis in the database of a test, as the analysis writes them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.database import Database

NOW = datetime.now(UTC).replace(microsecond=0)


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def add_anomaly(
    database: Database, sensor: str, kind: str = "spike", *, started: float = 2, ended: float | None = None
) -> int:
    """Store an anomaly that started and ended so many minutes ago; return its number."""
    [row] = database.query(
        "INSERT INTO detected_anomaly (sensor_id, kind, started_at, ended_at, detected_at, score, observed, "
        "expected, lower, upper, model_version, reason) "
        "VALUES (%s, %s, %s, %s, %s, 2.5, 25, 5, 4, 6, 'season 1', '25 °C where 4 to 6 °C was expected') "
        "RETURNING anomaly_id",
        sensor, kind, ago(started), None if ended is None else ago(ended), ago(started),
    )  # fmt: skip
    return int(row["anomaly_id"])


def end_anomaly(database: Database, number: int) -> None:
    database.query("UPDATE detected_anomaly SET ended_at = %s WHERE anomaly_id = %s", NOW, number)


def mark_anomaly(database: Database, number: int, verdict: str) -> dict[str, Any]:
    [row] = database.query("SELECT * FROM mark_anomaly('key:ann', %s, %s, '')", number, verdict)
    return row
