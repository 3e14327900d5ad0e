"""What is done with a batch of messages: read each, work on it, store them together."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from db.errors import InvalidData
from db.store import Store
from messaging.consuming.consumer import BatchResult
from messaging.consuming.session import Delivery
from readings.errors import DeadLetterReason, InvalidReading
from readings.model import Reading
from readings.parsing import ParseContext, parse_reading
from readings.payload import MqttDefaults


class Message(Protocol):
    """What is needed of a delivery to store its reading."""

    @property
    def body(self) -> bytes:
        """As it came."""

    @property
    def topic(self) -> MqttDefaults | None:
        """What is said beside the body of a message that came by MQTT."""


class Stored(NamedTuple):
    """What became of some messages: `new` of the readings were committed, the others were there already.

    `refused` holds, in the order of the messages, why one can never become a stored reading; `seconds` is
    how long the database took.
    """

    readings: Sequence[Reading]
    new: int
    refused: Sequence[InvalidReading | None]
    at: datetime
    seconds: float = 0.0


class StoreEvents(Protocol):
    """What the handler tells."""

    def stored(self, stored: Stored) -> None:
        """A batch is committed and settled."""


def nothing(_position: int = 0) -> None:
    """Work that takes no time."""


def at_once(work: Callable[[], int]) -> int:
    """Do it here and now."""
    return work()


def store_messages(
    store: Store,
    messages: Sequence[Message],
    zone: ZoneInfo,
    *,
    work: Callable[[int], None] = nothing,
    breathe: Callable[[], None] = nothing,
    execute: Callable[[Callable[[], int]], int] = at_once,
) -> Stored:
    """Store the readings that are in the messages, in one statement if the database takes them all.

    `work` is done on each valid message, by its position, before the store; `execute` runs a statement and
    `breathe` is called between two. Raises StoreUnavailable when the readings cannot be stored now; some
    may be.
    """
    readings, refused = _read_all(messages, ParseContext(zone, datetime.now(UTC)))
    for position in readings:
        work(position)
    began = time.perf_counter()
    new, rejected = _save_apart(partial(_save, store, execute), readings, breathe)
    seconds = time.perf_counter() - began
    for position, error in rejected.items():
        del readings[position]
        refused[position] = error
    return Stored(list(readings.values()), new, refused, datetime.now(UTC), seconds)


def _read_all(
    messages: Sequence[Message], context: ParseContext
) -> tuple[dict[int, Reading], list[InvalidReading | None]]:
    readings: dict[int, Reading] = {}
    refused: list[InvalidReading | None] = [None] * len(messages)
    for position, message in enumerate(messages):
        topic = message.topic
        try:
            readings[position] = parse_reading(
                message.body, replace(context, mqtt_defaults=topic) if topic else context
            )
        except InvalidReading as error:
            refused[position] = error
    return readings, refused


def _save(store: Store, execute: Callable[[Callable[[], int]], int], readings: Sequence[Reading]) -> int:
    return execute(partial(store.save, readings))


def _save_apart(
    save: Callable[[Sequence[Reading]], int], readings: Mapping[int, Reading], breathe: Callable[[], None]
) -> tuple[int, dict[int, InvalidReading]]:
    """Save them; what the database rejects is looked for by halves, and its neighbours are saved."""
    if not readings:
        return 0, {}
    try:
        return save(list(readings.values())), {}
    except InvalidData as error:
        if len(readings) == 1:
            return 0, dict.fromkeys(
                readings, InvalidReading(DeadLetterReason.REJECTED_BY_DATABASE, str(error))
            )
    breathe()
    items, middle = list(readings.items()), len(readings) // 2
    new_before, rejected_before = _save_apart(save, dict(items[:middle]), breathe)
    new_behind, rejected_behind = _save_apart(save, dict(items[middle:]), breathe)
    return new_before + new_behind, rejected_before | rejected_behind


class ReadingHandler:
    """Once it returns, each reading of the batch is committed or refused; raises as `store_messages` does."""

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

    def __call__(self, batch: Sequence[Delivery]) -> BatchResult:
        """Handle the deliveries together."""

        def work(position: int) -> None:
            batch[position].pause(random.uniform(*self._processing_seconds))  # noqa: S311 (simulated work)

        stored = store_messages(
            self._store,
            batch,
            self._naive_time_zone,
            work=work if self._processing_seconds[1] > 0 else nothing,
            breathe=partial(batch[0].pause, 0),
            # A batch is worth the change of threads: the next one comes in meanwhile.
            execute=batch[0].beside if len(batch) > 1 else at_once,
        )
        return BatchResult(stored.refused, partial(self._events.stored, stored))
