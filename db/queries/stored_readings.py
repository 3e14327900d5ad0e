"""Streams the stored readings of one sensor, as a reader."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import text

from db.engine import connect
from db.settings import DatabaseSettings
from limits.model import Reading

STATEMENT_TIMEOUT_SECONDS = 10 * 60.0
BATCH_ROWS = 5_000
READINGS = """
SELECT date_part('epoch', measured_at) AS measured_at, temperature
FROM stored_reading
WHERE sensor_id = :sensor AND measured_at >= :since
ORDER BY stored_reading.measured_at, temperature
"""


def stored_readings(settings: DatabaseSettings, sensor_id: str, since: datetime) -> Iterator[Reading]:
    """Yield the readings of a sensor from a time on, in order.

    Raises:
        StoreUnavailable: When the database does not answer.
    """
    with connect(
        settings, name="limit test", statement_timeout_seconds=STATEMENT_TIMEOUT_SECONDS
    ) as connection:
        connection.execution_options(isolation_level="READ COMMITTED", yield_per=BATCH_ROWS)
        with connection.begin():
            for row in connection.execute(text(READINGS), {"sensor": sensor_id, "since": since}):
                yield Reading(row.measured_at, row.temperature)
