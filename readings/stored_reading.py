"""A stored reading, as it is compared with another one that has its ID."""

from datetime import datetime
from typing import NamedTuple


class StoredReading(NamedTuple):
    """What is stored under the ID of a reading.

    `is_same_sensor` is whether it is of the sensor of that reading, also if that was merged into another one.
    `raw_temperature` is what the sensor sent; None where calibration does not change it.
    """

    sensor_id: str
    is_same_sensor: bool
    measured_at: datetime
    temperature: float
    raw_temperature: float | None
