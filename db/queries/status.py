"""Reads what the status of the sensors is made of."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Engine, Row, text

from db.deadline import Deadline
from db.engine import make_engine, translate_errors
from db.settings import DatabaseSettings

# libpq knows no shorter one.
CONNECT_SECONDS = 2
STATEMENT_SECONDS = 2
# The server cancels the statement first; this is for one that does not even do that.
FROZEN_SECONDS = STATEMENT_SECONDS + 1
SENSORS = """
SELECT sensor_id, status.name, status.location,
       status.last_measured_at, last_received_at, status.last_temperature,
       extract(epoch FROM usual_interval)::double precision AS interval_seconds,
       silent_since AS offline_since,
       readings, min_temperature, mean_temperature, max_temperature
FROM sensor_status AS status
LEFT JOIN last_hour_summary AS hour USING (sensor_id)
ORDER BY sensor_id
"""
MINUTES = "SELECT sensor_id, minute, mean_temperature FROM reading_minute WHERE minute >= :since"


class MinuteMean(NamedTuple):
    """The mean of a sensor's readings of one minute."""

    sensor_id: str
    minute: datetime
    mean: float


class SensorStates:
    """The sensors, as the views give them. Every method raises StoreUnavailable, within some seconds.

    Keeps one connection. For one thread at a time.
    """

    def __init__(self, settings: DatabaseSettings) -> None:
        self._engine: Engine = make_engine(
            settings,
            name="status",
            statement_timeout_seconds=STATEMENT_SECONDS,
            connect_timeout_seconds=CONNECT_SECONDS,
        )
        self._deadline = Deadline(FROZEN_SECONDS)

    def sensors(self) -> list[dict[str, Any]]:
        """`sensor_status` with the measures of `last_hour_summary`, a row a sensor."""
        return [dict(row._mapping) for row in self._rows(SENSORS)]  # noqa: SLF001 (SQLAlchemy's public name)

    def minutes(self, since: datetime) -> list[MinuteMean]:
        """Every minute's mean from that minute on."""
        return [MinuteMean._make(row) for row in self._rows(MINUTES, since=since)]

    def close(self) -> None:
        """Give the connection back."""
        self._engine.dispose()
        self._deadline.close()

    def _rows(self, statement: str, **parameters: object) -> list[Row[Any]]:
        with translate_errors(), self._engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            self._deadline.watch(driver.fileno())
            with self._deadline:
                return list(connection.execute(text(statement), parameters))
