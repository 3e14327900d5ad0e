"""Which sensors a report is about: those that are named, and those of a location."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, text

from readings.ids import sensor_id_forms
from runtime.errors import InvalidInput
from runtime.text import quote_name

MAX_SENSORS = 200
# Readings of a merged sensor are those of the sensor which they were moved to.
SELECTED = """
SELECT sensor_id, name, location, serial, unit, expected_interval_seconds,
       recalibrated_until IS NOT NULL AS is_recalibrated,
       ARRAY(SELECT merged.sensor_id FROM sensor_settings AS merged
             WHERE merged.merged_into = sensor_settings.sensor_id) AS merged
FROM sensor_settings
WHERE merged_into IS NULL
  AND (location = :location
       OR sensor_id IN (SELECT coalesce(merged_into, sensor_id) FROM sensor_settings
                        WHERE sensor_id = ANY(CAST(:sensors AS text[]))))
ORDER BY sensor_id
"""
KNOWN = """
SELECT sensor_id, coalesce(merged_into, sensor_id) AS target FROM sensor_settings
WHERE sensor_id = ANY(CAST(:sensors AS text[]))
"""


class SelectedSensor(NamedTuple):
    """A sensor of a report, and the sensors that were merged into it."""

    sensor_id: str
    name: str | None
    location: str | None
    serial: str | None
    unit: str | None
    expected_interval_seconds: float | None
    is_recalibrated: bool
    merged: list[str]


def select_sensors(
    connection: Connection, sensors: Sequence[str], location: str | None
) -> list[SelectedSensor]:
    """Return the sensors in the order in which they are named, and then those of the location.

    Raises:
        InvalidInput: When there is no such sensor, or none has the location, or there are too many.
    """
    known = {
        row.sensor_id: row.target
        for row in connection.execute(text(KNOWN), {"sensors": sensor_id_forms(sensors)})
    }
    named = [_target(known, sensor) for sensor in sensors]
    rows = connection.execute(text(SELECTED), {"sensors": named, "location": location})
    found = {row.sensor_id: SelectedSensor._make(row) for row in rows}
    if location is not None and not any(sensor.location == location for sensor in found.values()):
        raise InvalidInput(
            f"no sensor has the location {quote_name(location)}: see `sensorctl sensor list`", "location"
        )
    if len(found) > MAX_SENSORS:
        raise InvalidInput(
            f"the report would have {len(found)} sensors, and {MAX_SENSORS} is the most: name some of them",
            "location",
        )
    return [found[sensor] for sensor in dict.fromkeys([*named, *found])]


def _target(known: dict[str, str], sensor: str) -> str:
    for form in sensor_id_forms([sensor]):
        if form in known:
            return known[form]
    raise InvalidInput(
        f"there is no sensor {quote_name(sensor)}: see `sensorctl sensor list --all`", "sensors"
    )
