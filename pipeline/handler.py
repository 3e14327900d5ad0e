"""What is done with one message: read it, work on it, store it."""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from db.errors import DataRejected
from db.store import Store
from messaging.contract import Reading
from messaging.errors import DeadReason, InvalidReading
from messaging.session import Delivery
from pipeline.steps import Rules, read


class StoreEvents(Protocol):
    """What the handler tells of each reading."""

    def stored(self, reading: Reading, *, duplicate: bool) -> None:
        """The reading is committed, or was there already."""


def store_reading(store: Store, body: bytes, zone: ZoneInfo, work: Callable[[], None]) -> tuple[Reading, int]:
    """The reading in the body, and 1 when it was committed or 0 when it was there already.

    `work` is done between validation and the store. Raises InvalidReading when the body can never
    become a stored reading, and StoreUnavailable when it cannot now.
    """
    reading = read(body, Rules(zone, datetime.now(UTC)))
    work()
    try:
        return reading, store.save([reading])
    except DataRejected as error:
        raise InvalidReading(DeadReason.REJECTED_BY_DATABASE, str(error)) from error


class ReadingHandler:
    """Returns once the message's reading is committed, and raises as `store_reading` does."""

    def __init__(
        self,
        store: Store,
        events: StoreEvents,
        *,
        naive_time_zone: ZoneInfo,
        processing_seconds: tuple[float, float] = (0, 0),
    ) -> None:
        self._store = store
        self._events = events
        self._naive_time_zone = naive_time_zone
        self._processing_seconds = processing_seconds

    def __call__(self, delivery: Delivery) -> None:
        """Handle one delivery."""

        def work() -> None:
            if self._processing_seconds[1] > 0:
                delivery.pause(random.uniform(*self._processing_seconds))  # noqa: S311 (simulated work)

        reading, new = store_reading(self._store, delivery.body, self._naive_time_zone, work)
        self._events.stored(reading, duplicate=new == 0)
