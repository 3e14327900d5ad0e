"""Reads the last hour of some sensors, minute by minute."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import text

from db.engine import make_engine, translate_errors
from db.settings import DatabaseSettings

# Somebody waits for the answer. libpq knows no shorter time-out to connect.
CONNECT_SECONDS = 2
STATEMENT_SECONDS = 3
LAST_HOUR = """
SELECT sensor_id, minute, readings, min_temperature, mean_temperature, max_temperature
FROM reading_minute
WHERE minute > now() - interval '1 hour' AND sensor_id = ANY(:sensors)
ORDER BY sensor_id, minute
"""


class MinuteRow(NamedTuple):
    """A row of the view `reading_minute`."""

    sensor_id: str
    minute: datetime
    readings: int
    min_temperature: float
    mean_temperature: float
    max_temperature: float


class MinuteSeries:
    """The last hour as `reading_minute` gives it; any number of threads may ask, one after the other."""

    def __init__(self, settings: DatabaseSettings) -> None:
        self._engine = make_engine(
            settings,
            name="minutes",
            statement_timeout_seconds=STATEMENT_SECONDS,
            connect_timeout_seconds=CONNECT_SECONDS,
        )

    def last_hour(self, sensors: Collection[str]) -> list[MinuteRow]:
        """The minutes of these sensors, oldest first. Raises StoreUnavailable."""
        with translate_errors(), self._engine.connect() as connection:
            rows = connection.execute(text(LAST_HOUR), {"sensors": list(sensors)})
            return [MinuteRow(*row) for row in rows]

    def close(self) -> None:
        """Give the connection back."""
        self._engine.dispose()
