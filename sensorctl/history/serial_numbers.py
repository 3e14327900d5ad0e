"""The sensors of loggers, by the serial numbers that their files have."""

from collections.abc import Callable, Sequence

from db.errors import StoreUnavailable
from db.queries.sensors import find_sensors
from readings.files.errors import UnreadableFile
from sensorctl.settings import OperatorSettings

FindSerial = Callable[[OperatorSettings, Sequence[str]], dict[str, str]]


def require_serial(settings: OperatorSettings, serials: Sequence[str]) -> dict[str, str]:
    """Return the sensors with these serial numbers; one that no sensor has is the ID of a new sensor.

    Raises:
        UnreadableFile: When the database does not answer.
    """
    try:
        return find_sensors(settings, serials)
    except StoreUnavailable:
        raise UnreadableFile(
            f"the database does not answer, so that the sensor with the serial number {serials[0]} is not "
            "found: set --sensor"
        ) from None


def find_serial(settings: OperatorSettings, serials: Sequence[str]) -> dict[str, str]:
    """Return the sensors with these serial numbers; none if the database does not answer."""
    try:
        return find_sensors(settings, serials)
    except StoreUnavailable:
        return {}
