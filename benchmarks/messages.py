"""Messages as this project's sensors send them, made before a clock starts and used again each round."""

from datetime import UTC, datetime

from readings.ids import uuid7
from readings.model import Reading, Unit
from readings.payload import encode_reading

SENSORS = 50


class Messages:
    """The same bodies each time, so that no variant gets others."""

    def __init__(self) -> None:
        self._bodies: list[bytes] = []
        self._run_id = uuid7()

    def first(self, wanted: int) -> list[bytes]:
        """So many bodies; every table that they go to is empty before."""
        self._bodies += [self.body(number) for number in range(len(self._bodies), wanted)]
        return self._bodies[:wanted]

    def body(self, number: int) -> bytes:
        """A new reading of now."""
        temperature = 20 + number % 997 / 100
        reading = Reading(
            uuid7(), f"bench-{number % SENSORS}", datetime.now(UTC), temperature, self._run_id, number + 1
        )
        return encode_reading(reading, temperature, Unit.CELSIUS)
