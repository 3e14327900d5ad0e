"""Readings by minutes since a start, and the anomalies that the analysis finds in them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import uuid4

import psycopg

from analysis.parameters import Parameters
from analysis.sensor_analysis import SensorAnalysis
from limits.model import Reading
from tests.database import Database, Row

SENSOR = "fridge"
START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=6)
Readings = Mapping[float, float]  # temperatures by minutes since START


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def insert(connection: psycopg.Connection[Any], readings: Readings, sensor: str = SENSOR) -> None:
    connection.execute("INSERT INTO sensor (sensor_id) VALUES (%s) ON CONFLICT DO NOTHING", (sensor,))
    connection.cursor().executemany(
        "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) VALUES (%s, %s, %s, %s)",
        [(uuid4(), sensor, at(minutes), temperature) for minutes, temperature in readings.items()],
    )


def insert_now(database: Database, readings: Readings, sensor: str = SENSOR) -> None:
    with database.connect() as connection:
        insert(connection, readings, sensor)


def quiet(first: int, last: int) -> dict[float, float]:
    """Return readings around 20 °C, one per minute."""
    random = Random(first)
    return {minute: round(20 + random.gauss(0, 0.1), 2) for minute in range(first, last)}


def anomalies(database: Database, columns: str = "*") -> list[Row]:
    return database.query(f"SELECT {columns} FROM detected_anomaly ORDER BY sensor_id, started_at, kind")


def kinds(database: Database) -> list[tuple[str, datetime]]:
    return [(row["kind"], row["started_at"]) for row in anomalies(database)]


# A spike, a level shift, and a value that stays the same.
STORY: tuple[Readings, ...] = (
    quiet(0, 100),
    {100: 29, **quiet(101, 120)},
    {minute: temperature + 6 for minute, temperature in quiet(120, 180).items()},
    dict.fromkeys(range(180, 215), 26.1),
    quiet(215, 230),
)


def learned(state: bytes) -> bytes:
    """Return a state without the evaluations that are stored by now."""
    analysis = SensorAnalysis(Parameters())
    analysis.restore(state)
    analysis.forecaster.drain_evaluations()
    return analysis.state()


def expected_story() -> tuple[list[tuple[Any, ...]], bytes]:
    """Return what is found in STORY without a database, and the state after it."""
    analysis = SensorAnalysis(Parameters())
    found = {}
    for part in STORY:
        for minutes, temperature in part.items():
            for each in analysis.add(Reading(at(minutes).timestamp(), temperature)):
                found[each.started_at, each.kind.value] = each
    rows = [(each.kind.value, started_at, each.ended_at, each.score, each.reason)
            for (started_at, _), each in sorted(found.items())]  # fmt: skip
    return rows, learned(analysis.state())


def found_story(database: Database) -> tuple[list[tuple[Any, ...]], bytes]:
    rows = anomalies(
        database,
        "kind, date_part('epoch', started_at) AS start, date_part('epoch', ended_at) AS stop, score, reason",
    )
    [state] = database.query("SELECT state FROM analysis_state")
    return [tuple(row.values()) for row in rows], learned(bytes(state["state"]))
