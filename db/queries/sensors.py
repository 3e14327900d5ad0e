"""Reads what people have set of sensors."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from db.engine import connect
from db.settings import DatabaseSettings
from readings.plausible import TemperatureRange
from readings.sensor_changes import Calibration, SensorSettings
from runtime.text_fields import is_storable

NAME = "sensors"
KNOWN = "SELECT sensor_id FROM sensor_settings WHERE sensor_id = ANY(:sensors)"
BY_NAME = """
SELECT sensor_id, serial FROM sensor_settings
WHERE sensor_id = ANY(CAST(:names AS text[])) OR serial = ANY(CAST(:names AS text[]))
"""
SETTINGS = "SELECT * FROM sensor_settings ORDER BY sensor_id"
ONE = "SELECT * FROM sensor_settings WHERE sensor_id = :sensor_id"
CALIBRATIONS = """
SELECT valid_from, offset_kelvin AS "offset", slope, created_at, created_by
FROM calibration WHERE sensor_id = :sensor_id ORDER BY valid_from DESC
"""
PLAUSIBLE_RANGES = "SELECT sensor_id, plausible_min, plausible_max FROM plausible_range"


class SensorSerial(NamedTuple):
    """A registered sensor, and the serial number that it is registered with."""

    sensor_id: str
    serial: str | None


def known_sensors(settings: DatabaseSettings, sensors: Sequence[str]) -> set[str]:
    """Return which of the sensors are registered.

    Raises:
        StoreUnavailable: When the database does not answer.
    """
    with connect(settings, name="import") as connection:
        rows = connection.execute(text(KNOWN), {"sensors": storable_names(sensors)})
        return {row.sensor_id for row in rows}


def find_sensors(settings: DatabaseSettings, names: Sequence[str]) -> dict[str, str]:
    """Return the IDs of the sensors that have one of these IDs or serial numbers, by that name.

    Raises:
        StoreUnavailable: When the database does not answer.
    """
    with connect(settings, name="import") as connection:
        rows = connection.execute(text(BY_NAME), {"names": storable_names(names)})
        return map_names([SensorSerial(**row) for row in rows.mappings()], names)


def storable_names(names: Iterable[str]) -> list[str]:
    """Return the names that a sensor can have at all: what a file names may be any text."""
    return [name for name in names if is_storable(name)]


def map_names(sensors: Iterable[SensorSerial], names: Sequence[str]) -> dict[str, str]:
    """Return the ID of the sensor of each name; an ID has precedence over a serial number."""
    found = list(sensors)
    by_serial = {each.serial: each.sensor_id for each in found if each.serial and each.serial in names}
    return by_serial | {each.sensor_id: each.sensor_id for each in found if each.sensor_id in names}


def read_plausible_ranges(settings: DatabaseSettings) -> dict[str, TemperatureRange]:
    """Return the plausible ranges of single sensors.

    Raises:
        StoreUnavailable: When the database does not answer.
    """
    with connect(settings, name="import") as connection:
        return {row[0]: TemperatureRange(*row[1:]) for row in connection.execute(text(PLAUSIBLE_RANGES))}


def read_sensors(settings: DatabaseSettings) -> list[SensorSettings]:
    """Return all sensors, also those that are retired, ordered by ID.

    Raises:
        StoreUnavailable: When the database does not answer.
    """
    with connect(settings, name=NAME) as connection:
        return select_sensors(connection)


def select_sensors(connection: Connection) -> list[SensorSettings]:
    """Return all sensors, also those that are retired, ordered by ID."""
    return [to_settings(dict(row)) for row in connection.execute(text(SETTINGS)).mappings()]


def read_sensor(
    settings: DatabaseSettings, sensor_id: str
) -> tuple[SensorSettings, list[Calibration]] | None:
    """Return a sensor with its calibrations, the latest first; None if there is no such sensor.

    Raises:
        StoreUnavailable: When the database does not answer.
    """
    with connect(settings, name=NAME) as connection:
        return select_sensor(connection, sensor_id)


def select_sensor(connection: Connection, sensor_id: str) -> tuple[SensorSettings, list[Calibration]] | None:
    """Return a sensor with its calibrations, the latest first; None if there is no such sensor."""
    row = connection.execute(text(ONE), {"sensor_id": sensor_id}).mappings().first()
    if row is None:
        return None
    calibrations = connection.execute(text(CALIBRATIONS), {"sensor_id": sensor_id}).mappings()
    return to_settings(dict(row)), [Calibration(**found) for found in calibrations]


def to_settings(row: dict[str, Any]) -> SensorSettings:
    """Return a row of `sensor_settings`."""
    row["offset"] = row.pop("offset_kelvin")
    return SensorSettings(**row, retired=row["retired_at"] is not None)
