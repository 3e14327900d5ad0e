"""Reads the last hour of selected sensors, one row per minute."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import text

from db.driver_errors import translate_errors
from db.engine import make_interactive_engine
from db.settings import DatabaseSettings

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
    """Reads `reading_minute`. Any number of threads may use it; their queries run one after the other."""

    def __init__(self, settings: DatabaseSettings) -> None:
        self._engine = make_interactive_engine(settings, name="minutes", may_use_standby=True)

    def last_hour(self, sensors: Collection[str]) -> list[MinuteRow]:
        """Return the minutes of these sensors within the last hour, oldest first.

        Raises:
            StoreUnavailable: When the database does not answer in time.
        """
        with translate_errors(), self._engine.connect() as connection:
            rows = connection.execute(text(LAST_HOUR), {"sensors": list(sensors)})
            return [MinuteRow(*row) for row in rows]

    def close(self) -> None:
        """Close the connection."""
        self._engine.dispose()
