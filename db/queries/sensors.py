"""Finds sensors."""

from collections.abc import Sequence

from sqlalchemy import text

from db.engine import connect
from db.settings import DatabaseSettings

KNOWN = "SELECT sensor_id FROM sensor_status WHERE sensor_id = ANY(:sensors)"


def known_sensors(settings: DatabaseSettings, sensors: Sequence[str]) -> set[str]:
    """Return which of the sensors are registered.

    Raises:
        StoreUnavailable: When the database does not answer.
    """
    with connect(settings, name="import") as connection:
        return {row.sensor_id for row in connection.execute(text(KNOWN), {"sensors": list(sensors)})}
