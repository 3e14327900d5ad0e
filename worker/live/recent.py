"""Recognise readings that come twice: from history and live, or repeated by the source."""

from collections import OrderedDict
from uuid import UUID

from readings.model import Reading

MAX_REMEMBERED = 10_000


class RecentReadings:
    """Remembers the last readings by their IDs, which follow from the sensor and the time."""

    def __init__(self) -> None:
        self._temperatures: OrderedDict[UUID, float] = OrderedDict()

    def add(self, reading: Reading) -> bool:
        """Remember the reading; return whether it is new, or revises one."""
        is_new = self._temperatures.get(reading.reading_id) != reading.temperature
        self._temperatures[reading.reading_id] = reading.temperature
        self._temperatures.move_to_end(reading.reading_id)
        if len(self._temperatures) > MAX_REMEMBERED:
            self._temperatures.popitem(last=False)
        return is_new
