"""Stand-ins for the database, the clock and the listeners, small enough to be read."""

import inspect
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pika

from db.store import StorableReading, Store
from messaging.contract import Reading
from messaging.session import Delivery

READING = Reading(
    UUID("01934f2a-7c00-7000-8000-000000000001"),
    "kitchen",
    datetime(2026, 11, 22, 5, 28, 37, tzinfo=UTC),
    21.5,
)
Call = Callable[..., tuple[int, str, str]]
Complaint = Callable[..., str]


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Return once the condition holds; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"still not so after {seconds} s"
        time.sleep(0.005)


def in_turn(*actions: Callable[[], object]) -> Callable[[], None]:
    """Does one action a call, and nothing once they are done."""
    left = iter(actions)

    def act() -> None:
        for action in left:
            action()
            return

    return act


class FakeClock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class FakeStore(Store):
    """Keeps readings in a dictionary; raises the errors of `troubles` first, one a call."""

    def __init__(self, *troubles: Exception) -> None:
        self.readings: dict[UUID, StorableReading] = {}
        self.troubles = list(troubles)
        self.checks = 0

    def save(self, readings: Sequence[StorableReading]) -> int:
        self._be_troubled()
        before = len(self.readings)
        for reading in readings:
            self.readings.setdefault(reading.reading_id, reading)
        return len(self.readings) - before

    def check(self) -> None:
        self.checks += 1
        self._be_troubled()

    def close(self) -> None:
        """There is nothing to close."""

    def _be_troubled(self) -> None:
        if self.troubles:
            raise self.troubles.pop(0)


class Told:
    """A listener for the events of one class: remembers each call as its name and arguments, and may react.

    An event that the class does not have, or has with other arguments, fails as it would there.
    """

    def __init__(self, listener: type) -> None:
        self._events = {
            name: inspect.signature(getattr(listener, name))
            for name in dir(listener)
            if not name.startswith("_")
        }
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.reactions: dict[str, Callable[[], None]] = {}

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name not in self._events:
            raise AttributeError(f"there is no event {name}")

        def remember(*arguments: Any, **named: Any) -> None:
            self._events[name].bind(self, *arguments, **named)
            self.calls.append((name, (*arguments, *named.values())))
            self.reactions.get(name, lambda: None)()

        return remember

    @property
    def names(self) -> list[str]:
        """What was told, without what each turn of a loop tells."""
        return [name for name, _ in self.calls if name not in ("progress", "received")]

    def of(self, wanted: str) -> list[tuple[Any, ...]]:
        """The arguments of each call of that name."""
        return [arguments for name, arguments in self.calls if name == wanted]


def delivery(
    body: bytes = b"",
    *,
    redelivered: bool = False,
    headers: dict[str, Any] | None = None,
    timestamp: int | None = None,
    route: tuple[str, str] = ("sensors", "reading.kitchen"),
    pause: Callable[[float], None] = time.sleep,
    beside: Callable[[Callable[[], Any]], Any] = lambda work: work(),
) -> Delivery:
    """A message in hand, as a session would give it."""
    method = pika.spec.Basic.Deliver("consumer", 1, redelivered, *route)
    return Delivery(body, method, pika.BasicProperties(headers=headers, timestamp=timestamp), pause, beside)
