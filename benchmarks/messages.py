"""Messages as this project's sensors send them, created before a measurement and reused in every round."""

from datetime import UTC, datetime
from uuid import UUID

from readings.ids import uuid7
from readings.model import Reading, Unit
from readings.payload import encode_reading

SENSORS = 50


class Messages:
    """Creates bodies once, so that all contenders get the same bodies."""

    def __init__(self) -> None:
        self._bodies: list[bytes] = []
        self._run_id = uuid7()

    def get(self, count: int) -> list[bytes]:
        """Return the first `count` bodies; the tables are empty before each run, so none is a duplicate."""
        self._bodies += [self.body(number) for number in range(len(self._bodies), count)]
        return self._bodies[:count]

    def body(self, number: int) -> bytes:
        """Return the body of a new reading, measured now."""
        return encode(new_reading("bench", number, self._run_id))


def new_reading(prefix: str, number: int, run_id: UUID) -> Reading:
    """Return a reading of one of SENSORS sensors, measured now."""
    sensor_id, temperature = f"{prefix}-{number % SENSORS}", 20 + number % 997 / 100
    return Reading(uuid7(), sensor_id, datetime.now(UTC), temperature, run_id, number + 1)


def encode(reading: Reading) -> bytes:
    """Return the body of the message with this reading."""
    return encode_reading(reading, reading.temperature, Unit.CELSIUS)
