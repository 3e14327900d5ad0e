"""Find readings that were not inserted because their sender uses the ID of an earlier reading again.

A redelivery has the ID of the stored reading and is that reading. A device that sends one UUID with each
reading would lose all but the first without notice, so its readings are dead-lettered.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from readings.errors import DeadLetterReason, InvalidReading
from readings.model import Reading
from readings.payload import MqttDefaults
from readings.stored_reading import StoredReading

# A sender that keeps milliseconds, or converts a unit again, still sends the same reading.
MAX_TIME_DIFFERENCE = timedelta(milliseconds=1)
MAX_DIFFERENCE_KELVIN = 1e-6
# The IDs of sources are UUIDs of this version: of a value that was revised, the ID is the same.
DERIVED_VERSION = 5


class StoredReadings(Protocol):
    """Finds stored readings (db.store.Store)."""

    def find_stored(self, readings: Sequence[Reading]) -> Mapping[int, StoredReading]:
        """Return what is stored under the IDs of these readings, by their position."""


def find_reused_ids(
    store: StoredReadings, readings: Mapping[int, Reading], mqtt_defaults: Mapping[int, MqttDefaults | None]
) -> dict[int, InvalidReading]:
    """Return the readings whose ID is that of another stored reading, by their key.

    Readings of imports, and revisions of sources, are left out: a stored reading is kept.

    Raises:
        StoreUnavailable: When the database does not answer.
    """
    compared = [
        (key, reading)
        for key, reading in readings.items()
        if reading.import_id is None and reading.revised_at is None
    ]
    if not compared:
        return {}
    stored = store.find_stored([reading for _, reading in compared])
    return {
        key: _reused_id(reading, stored[position])
        for position, (key, reading) in enumerate(compared)
        if position in stored and not _is_same(reading, stored[position], mqtt_defaults[key])
    }


def _is_same(reading: Reading, stored: StoredReading, mqtt_defaults: MqttDefaults | None) -> bool:
    if not stored.is_same_sensor:
        return False
    is_at_same_time = abs(reading.measured_at - stored.measured_at) <= MAX_TIME_DIFFERENCE
    if not is_at_same_time and not _is_time_of_arrival(reading, mqtt_defaults):
        return False
    return reading.reading_id.version == DERIVED_VERSION or any(
        abs(reading.temperature - temperature) <= MAX_DIFFERENCE_KELVIN
        for temperature in (stored.temperature, stored.raw_temperature)
        if temperature is not None
    )


def _is_time_of_arrival(reading: Reading, mqtt_defaults: MqttDefaults | None) -> bool:
    """Return whether the time is that of the broker, which differs when a device publishes again."""
    arrived_at = mqtt_defaults and mqtt_defaults.measured_at
    return bool(arrived_at) and datetime.fromisoformat(str(arrived_at)) == reading.measured_at


def _reused_id(reading: Reading, stored: StoredReading) -> InvalidReading:
    return InvalidReading(
        DeadLetterReason.REUSED_ID,
        f"reading_id is {reading.reading_id}, which another reading has: sensor {stored.sensor_id}, "
        f"{stored.measured_at.isoformat()}, {stored.temperature:.10g} °C; send a new UUID with each reading, "
        "or none",
    )
