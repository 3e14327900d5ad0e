"""Reads what the database has stored of a run, as the reader."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from benchmarks.load.measurements import Percentiles
from db.driver_errors import translate_errors
from db.engine import make_engine
from db.settings import DatabaseSettings

STATEMENT_TIMEOUT_SECONDS = 60.0
# A row is visible a moment after `received_at`, when its statement is committed.
COMMIT_SECONDS = 1.0
# Consumers store nearly in the order of measurement: later rows of a poll were measured after these.
REORDER_SECONDS = 10.0
OF_RUN = "sensor_id LIKE :pattern AND measured_at >= :since"
DELAY = "extract(epoch FROM received_at - measured_at)"
STAGE = "least(floor(extract(epoch FROM {} - :started_at) / :stage_seconds)::integer, :stages - 1)"
NOW = "SELECT clock_timestamp()"
COUNT = f"SELECT count(*) FROM stored_reading WHERE {OF_RUN}"  # noqa: S608 (constants)
COUNT_OF_IDS = f"{COUNT} AND reading_id = ANY(:ids)"
NEW_DELAYS = f"""
SELECT {STAGE.format("measured_at")} AS stage, greatest(0, round({DELAY} * 1000))::integer AS delay_ms,
       count(*) AS readings, max(measured_at) AS last_measured_at
FROM stored_reading WHERE {OF_RUN} AND received_at > :after AND received_at <= :until
GROUP BY 1, 2
"""  # noqa: S608 (constants)
DELAYS = f"""
SELECT {STAGE.format("measured_at")} AS stage,
       percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY {DELAY}) AS delays
FROM stored_reading WHERE {OF_RUN} GROUP BY 1
"""  # noqa: S608 (constants)
RATES = f"""
SELECT {STAGE.format("received_at")} AS stage, count(*) AS readings
FROM stored_reading WHERE {OF_RUN} AND received_at < :ended_at GROUP BY 1
"""  # noqa: S608 (constants)


class NewDelay(NamedTuple):
    """How many readings of a rate were stored with this delay since the last poll."""

    stage: int
    delay_ms: int
    readings: int


class StageResult(NamedTuple):
    """What was stored while a rate held, and the delays of the readings that were published at it."""

    stored: int
    delays: Percentiles | None


class StoredReadings:
    """Reads the readings of the sensors `prefix…`. Every method raises StoreUnavailable.

    The delay of a reading is from `measured_at` to `received_at`, which the database sets when it inserts
    the row; the commit follows.
    """

    def __init__(self, settings: DatabaseSettings, prefix: str, stage_seconds: float, stages: int) -> None:
        self._engine = make_engine(settings, name="load", statement_timeout_seconds=STATEMENT_TIMEOUT_SECONDS)
        self._stages = stages
        self._stage_seconds = stage_seconds
        self._pattern = f"{prefix}%"
        self.start()

    def start(self) -> None:
        """Start the time of the first rate."""
        self._started_at = self._since = self._after = datetime.now(UTC)

    def count(self) -> int:
        """Return how many readings are stored."""
        return int(self._rows(COUNT, since=self._started_at)[0][0])

    def count_of(self, reading_ids: Sequence[UUID]) -> int:
        """Return how many of these readings are stored."""
        return int(self._rows(COUNT_OF_IDS, since=self._started_at, ids=list(reading_ids))[0][0])

    def new_delays(self) -> list[NewDelay]:
        """Return the delays of the readings that were stored since the last call."""
        until = self._rows(NOW)[0][0] - timedelta(seconds=COMMIT_SECONDS)
        rows = self._rows(NEW_DELAYS, since=self._since, after=self._after, until=until)
        self._after = until
        if rows:
            latest = max(row.last_measured_at for row in rows) - timedelta(seconds=REORDER_SECONDS)
            self._since = max(self._since, latest)
        return [NewDelay(row.stage, row.delay_ms, row.readings) for row in rows]

    def stages(self, seconds: float) -> list[StageResult]:
        """Return the result of each rate of a run that published for this many seconds."""
        ended_at = self._started_at + timedelta(seconds=seconds)
        parameters = {"since": self._started_at, "ended_at": ended_at}
        delays = {row.stage: Percentiles(*row.delays) for row in self._rows(DELAYS, **parameters)}
        stored = {row.stage: row.readings for row in self._rows(RATES, **parameters)}
        return [StageResult(stored.get(stage, 0), delays.get(stage)) for stage in range(self._stages)]

    def close(self) -> None:
        """Close the connection."""
        self._engine.dispose()

    def _rows(self, statement: str, **parameters: object) -> list[Any]:
        parameters |= {
            "pattern": self._pattern,
            "started_at": self._started_at,
            "stage_seconds": self._stage_seconds,
            "stages": self._stages,
        }
        with translate_errors(), self._engine.connect() as connection:
            return list(connection.execute(text(statement), parameters))
