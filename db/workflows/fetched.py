"""What is stored of the readings that a job has fetched."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text

from db.driver_errors import translate_errors
from db.engine import make_engine
from db.settings import DatabaseSettings
from readings.model import Reading

STATEMENT_TIMEOUT_SECONDS = 20.0
# Of each reading, only the partition of its day is searched, by its key: OFFSET keeps the planner from
# joining in another way.
STORED = """
SELECT stored.*
FROM unnest(CAST(:ids AS uuid[]), CAST(:times AS timestamptz[])) AS fetched (reading_id, measured_at)
CROSS JOIN LATERAL (
    SELECT reading_id, coalesce(raw_temperature, temperature) AS temperature, import_id, revised_at
    FROM reading
    WHERE reading.reading_id = fetched.reading_id AND reading.measured_at = fetched.measured_at
      AND measured_at BETWEEN CAST(:first AS timestamptz) AND CAST(:last AS timestamptz)
    OFFSET 0
) AS stored
"""
DEAD = """
SELECT reading_id, reason, detail FROM dead_reading
WHERE workflow_id = :workflow_id AND reading_id = ANY(CAST(:ids AS uuid[]))
"""
NOW = "SELECT clock_timestamp()"


class StoredReading(NamedTuple):
    """A stored reading with the temperature that was sent, before calibration."""

    reading_id: UUID
    temperature: float
    import_id: UUID | None
    revised_at: datetime | None


class WhyDead(NamedTuple):
    """Why a reading was dead-lettered: one word, and a text with field and value."""

    reason: str
    detail: str


class FetchedReadings:
    """Reads what is stored, over one connection that is opened on demand.

    Every method raises StoreUnavailable when the database does not answer.
    """

    def __init__(self, settings: DatabaseSettings, name: str) -> None:
        self._engine = make_engine(
            settings, name=name, statement_timeout_seconds=STATEMENT_TIMEOUT_SECONDS, is_limited=True
        )

    def stored(self, readings: Sequence[Reading]) -> dict[UUID, StoredReading]:
        """Return those of the readings that are stored, by their IDs."""
        if not readings:
            return {}
        times = [reading.measured_at for reading in readings]
        values = {
            "ids": [reading.reading_id for reading in readings],
            "times": times,
            "first": min(times),
            "last": max(times),
        }
        with translate_errors(), self._engine.connect() as connection:
            rows = connection.execute(text(STORED), values)
            return {row.reading_id: StoredReading._make(row) for row in rows}

    def dead(self, workflow_id: UUID, readings: Sequence[Reading]) -> dict[UUID, WhyDead]:
        """Return why those of a file's readings that consumers have dead-lettered are dead, by their IDs."""
        values = {"workflow_id": workflow_id, "ids": [reading.reading_id for reading in readings]}
        with translate_errors(), self._engine.connect() as connection:
            rows = connection.execute(text(DEAD), values)
            return {row.reading_id: WhyDead(row.reason, row.detail) for row in rows}

    def now(self) -> datetime:
        """Return the time by the clock of the database, which all workers share."""
        with translate_errors(), self._engine.connect() as connection:
            now: datetime = connection.execute(text(NOW)).scalar_one()
            return now

    def close(self) -> None:
        """Close the connection."""
        self._engine.dispose()
