"""Reads the status: sensors, open excursions and anomalies, workflows with a problem, the backup."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row, text

from db.driver_errors import translate_errors
from db.engine import make_interactive_engine
from db.queries.backup import BackupState, read_backup
from db.settings import DatabaseSettings

# Below the two seconds of a collection, so that a slow database is not mistaken for one that is down.
STATEMENT_TIMEOUT_SECONDS = 1.5
SENSORS = """
SELECT sensor_id, status.name, status.location,
       status.last_measured_at, last_received_at, status.last_temperature,
       extract(epoch FROM usual_interval)::double precision AS interval_seconds,
       offline_since,
       readings, min_temperature, mean_temperature, max_temperature
FROM sensor_status AS status
LEFT JOIN last_hour_summary AS hour USING (sensor_id)
ORDER BY sensor_id
"""
OPEN_EXCURSIONS = """
SELECT excursion_id, sensor_id, rule, threshold, severity, started_at, peak, acknowledged_by,
       count(*) OVER () AS total
FROM excursion
WHERE ended_at IS NULL
ORDER BY severity, started_at DESC, excursion_id DESC
LIMIT :most
"""
# One that a person marked as wrong is none.
OPEN_ANOMALIES = """
SELECT anomaly_id, sensor_id, kind, started_at, observed, expected, reason, count(*) OVER () AS total
FROM anomaly
WHERE ended_at IS NULL AND verdict IS DISTINCT FROM 'wrong'
ORDER BY started_at DESC, anomaly_id DESC
LIMIT :most
"""
# One that was requested again since, by its schedule or by a person, is replaced by that.
FAILED_WORKFLOWS = """
SELECT workflow_id, kind, schedule, ended_at, error
FROM workflow AS failed
WHERE state = 'failed' AND ended_at > now() - CAST(:age AS interval)
  AND NOT EXISTS (
    SELECT FROM workflow AS later
    WHERE later.requested_at > failed.requested_at AND later.kind = failed.kind AND later.spec = failed.spec
      AND later.schedule IS NOT DISTINCT FROM failed.schedule)
ORDER BY ended_at DESC, workflow_id
LIMIT :most
"""
# Of the jobs that have been ready for longest; all of a large backfill would take long to count.
UNCLAIMED_JOBS = """
SELECT kind, count(*) AS jobs, min(available_at) AS ready_since
FROM (
    SELECT kind, available_at FROM job
    WHERE state = 'ready' AND available_at < now() - CAST(:age AS interval)
    ORDER BY available_at LIMIT 1000) AS waiting
WHERE NOT EXISTS (
    SELECT FROM worker WHERE seen_at > now() - CAST(:age AS interval) AND waiting.kind = ANY (worker.kinds))
GROUP BY kind
ORDER BY kind
"""
MINUTES = "SELECT sensor_id, minute, mean_temperature FROM reading_minute WHERE minute >= :since"


class MinuteMean(NamedTuple):
    """The mean temperature of a sensor's readings within a minute."""

    sensor_id: str
    minute: datetime
    mean: float


class SensorStates:
    """Reads the sensors' views over one connection. For one thread at a time.

    Every method raises StoreTimeout if the database is too slow, and StoreUnavailable within a few seconds if
    it does not answer.
    """

    def __init__(self, settings: DatabaseSettings) -> None:
        self._engine: Engine = make_interactive_engine(
            settings, name="status", statement_timeout_seconds=STATEMENT_TIMEOUT_SECONDS
        )

    def sensors(self) -> list[dict[str, Any]]:
        """Return `sensor_status` joined with `last_hour_summary`: one row per sensor."""
        return [dict(row._mapping) for row in self._rows(SENSORS)]  # noqa: SLF001 (SQLAlchemy's public name)

    def minutes(self, since: datetime) -> list[MinuteMean]:
        """Return the means of all minutes from `since` on."""
        return [MinuteMean._make(row) for row in self._rows(MINUTES, since=since)]

    def open_excursions(self, most: int) -> tuple[int, list[dict[str, Any]]]:
        """Return how many excursions last, and the latest of them, critical before others."""
        return _with_total(self._rows(OPEN_EXCURSIONS, most=most))

    def open_anomalies(self, most: int) -> tuple[int, list[dict[str, Any]]]:
        """Return how many anomalies last, and the latest of them."""
        return _with_total(self._rows(OPEN_ANOMALIES, most=most))

    def failed_workflows(self, age: timedelta, most: int) -> list[dict[str, Any]]:
        """Return the latest workflows that failed within this time and were not run again."""
        rows = self._rows(FAILED_WORKFLOWS, age=age, most=most)
        return [dict(row._mapping) for row in rows]  # noqa: SLF001 (SQLAlchemy's public name)

    def unclaimed_jobs(self, age: timedelta) -> list[dict[str, Any]]:
        """Return the kinds of which jobs have been ready, and no worker was seen, for longer than this."""
        rows = self._rows(UNCLAIMED_JOBS, age=age)
        return [dict(row._mapping) for row in rows]  # noqa: SLF001 (SQLAlchemy's public name)

    def backup(self) -> BackupState | None:
        """Return the state of the continuous backup; None if there is none."""
        with self._connection() as connection:
            return read_backup(connection)

    def close(self) -> None:
        """Close the connection."""
        self._engine.dispose()

    def _rows(self, statement: str, **parameters: object) -> list[Row[Any]]:
        with self._connection() as connection:
            return list(connection.execute(text(statement), parameters))

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        with translate_errors(), self._engine.connect() as connection:
            yield connection


def _with_total(found: list[Row[Any]]) -> tuple[int, list[dict[str, Any]]]:
    """Return the number of all rows, which is the column `total` of each that was read, and these."""
    rows = [dict(row._mapping) for row in found]  # noqa: SLF001 (SQLAlchemy's public name)
    return max((row.pop("total") for row in rows), default=0), rows
