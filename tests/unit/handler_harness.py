"""A handler on a store in memory."""

from typing import Any
from zoneinfo import ZoneInfo

from db.settings import PastRetention
from pipeline.handler import ACCEPT_ALL, ReadingHandler, StoreEvents, StoreResult
from readings.errors import InvalidReading
from readings.plausible import PlausibleRanges
from tests.unit.fakes import EventRecorder, FakeStore, FakeWork, delivery

UTC_ZONE = ZoneInfo("UTC")


class HandlerHarness:
    """Runs a `ReadingHandler` on a `FakeStore` and records its events and pauses."""

    def __init__(
        self,
        *errors: Exception,
        zone: ZoneInfo = UTC_ZONE,
        processing_seconds: tuple[float, float] = (0, 0),
        past_retention: PastRetention = "dead-letter",
        plausible: PlausibleRanges = ACCEPT_ALL,
    ) -> None:
        self.store = FakeStore(*errors)
        self.events = EventRecorder(StoreEvents)
        self.pauses: list[float] = []
        self._options: Any = {
            "naive_time_zone": zone,
            "processing_seconds": processing_seconds,
            "past_retention": past_retention,
            "plausible": plausible,
        }
        self.use(self.store)

    def use(self, store: FakeStore) -> None:
        """Replace the store by this one."""
        self.store = store
        self._handler = ReadingHandler(store, self.events, **self._options)

    def handle(self, *bodies: bytes) -> list[InvalidReading | None]:
        """Handle a batch, report it as settled and return the outcome of each message."""
        result = self._handler([delivery(body) for body in bodies], FakeWork(self.pauses.append))
        result.on_settled()
        return list(result.errors)

    @property
    def reported(self) -> list[StoreResult]:
        """Return the result that was reported of each batch."""
        return [result for (result,) in self.events.calls_to("stored")]
