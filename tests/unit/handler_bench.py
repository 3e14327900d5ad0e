"""A handler over a store in memory, for the tests of what is done with messages."""

from typing import Any
from zoneinfo import ZoneInfo

from messaging.errors import InvalidReading
from pipeline.handler import ReadingHandler, Stored, StoreEvents
from tests.unit.fakes import FakeStore, Told, delivery

UTC_ZONE = ZoneInfo("UTC")


class HandlerBench:
    """A handler over a store in memory."""

    def __init__(
        self,
        *troubles: Exception,
        zone: ZoneInfo = UTC_ZONE,
        processing_seconds: tuple[float, float] = (0, 0),
    ) -> None:
        self.store = FakeStore(*troubles)
        self.events = Told(StoreEvents)
        self.pauses: list[float] = []
        self._options: Any = {"naive_time_zone": zone, "processing_seconds": processing_seconds}
        self.put(self.store)

    def put(self, store: FakeStore) -> None:
        """Let the handler use this one."""
        self.store = store
        self._handler = ReadingHandler(store, self.events, **self._options)

    def handle(self, *bodies: bytes) -> list[InvalidReading | None]:
        """What is refused, once it is told."""
        handled = self._handler([delivery(body, pause=self.pauses.append) for body in bodies])
        handled.tell()
        return list(handled.refused)

    @property
    def told(self) -> list[Stored]:
        """What was told of each batch."""
        return [stored for (stored,) in self.events.of("stored")]
