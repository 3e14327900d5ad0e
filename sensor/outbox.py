"""Readings that the broker has not confirmed yet, in order, in memory."""

from collections import deque
from collections.abc import Callable
from threading import Condition
from typing import NamedTuple


class Outgoing(NamedTuple):
    """A reading as it will be published."""

    sensor_id: str
    message_id: str
    body: bytes


class Outbox:
    """One thread puts readings in, another takes them out once they are confirmed.

    When it is full the oldest reading is dropped and `on_drop` is told.
    """

    def __init__(self, max_readings: int, on_drop: Callable[[], None]) -> None:
        self._max_readings = max_readings
        self._on_drop = on_drop
        self._readings: deque[Outgoing] = deque()
        self._changed = Condition()

    def put(self, reading: Outgoing) -> None:
        """Add the newest reading."""
        with self._changed:
            self._readings.append(reading)
            dropped = len(self._readings) > self._max_readings
            if dropped:
                self._readings.popleft()
            self._changed.notify()
        if dropped:
            self._on_drop()

    def oldest(self, wait_seconds: float) -> Outgoing | None:
        """The reading to publish next; it stays here. None when there is none within `wait_seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: self._readings, wait_seconds)
            return self._readings[0] if self._readings else None

    def confirmed(self, reading: Outgoing) -> None:
        """The broker has this reading; forget it, unless it was dropped meanwhile."""
        with self._changed:
            if self._readings and self._readings[0] is reading:
                self._readings.popleft()

    def __len__(self) -> int:
        """How many readings wait."""
        return len(self._readings)
