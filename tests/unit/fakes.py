"""Fakes of the store and the clock, and a recorder of events."""

import inspect
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pika

from db.store import Store
from messaging.consuming.delivery import Delivery
from readings.model import Reading
from readings.plausible import PlausibleRanges
from readings.stored_reading import StoredReading

READING = Reading(
    UUID("01934f2a-7c00-7000-8000-000000000001"),
    "kitchen",
    datetime(2026, 11, 22, 5, 28, 37, tzinfo=UTC),
    21.5,
)
RunCommand = Callable[..., tuple[int, str, str]]
GetSettingsError = Callable[..., str]


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Return once the condition holds; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"the condition does not hold after {seconds} s"
        time.sleep(0.005)


def in_turn(*actions: Callable[[], object]) -> Callable[[], None]:
    """Return a function that runs the next action on each call, and does nothing after the last."""
    remaining = iter(actions)

    def act() -> None:
        for action in remaining:
            action()
            return

    return act


class FakeClock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class FakeStore(Store):
    """Keeps readings in a dictionary. Each call first raises the next of `errors`, if any."""

    def __init__(self, *errors: Exception) -> None:
        self.readings: dict[UUID, Reading] = {}
        self.errors = list(errors)
        self.checks = 0
        self.kept_from: datetime | None = None

    def save(self, readings: Sequence[Reading]) -> int:
        self._raise_next_error()
        before = len(self.readings)
        for reading in readings:
            self.readings.setdefault(reading.reading_id, reading)
        return len(self.readings) - before

    def find_stored(self, readings: Sequence[Reading]) -> dict[int, StoredReading]:
        self._raise_next_error()
        stored = [self.readings[reading.reading_id] for reading in readings]
        return {
            position: StoredReading(
                each.sensor_id, each.sensor_id == reading.sensor_id, each.measured_at, each.temperature, None
            )
            for position, (reading, each) in enumerate(zip(readings, stored, strict=True))
        }

    def retained_since(self) -> datetime | None:
        return self.kept_from

    def plausible_ranges(self, installation: PlausibleRanges) -> PlausibleRanges:
        return installation

    def check(self) -> None:
        self.checks += 1
        self._raise_next_error()

    def close(self) -> None:
        """There is nothing to close."""

    def _raise_next_error(self) -> None:
        if self.errors:
            raise self.errors.pop(0)


class EventRecorder:
    """Records the calls to the methods of a telemetry class as name and arguments, and may react to them.

    A method that the class does not have, or has with other parameters, raises as it would there.
    """

    def __init__(self, recorded: type) -> None:
        self._signatures = {
            name: inspect.signature(getattr(recorded, name))
            for name in dir(recorded)
            if not name.startswith("_")
        }
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.reactions: dict[str, Callable[[], None]] = {}

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name not in self._signatures:
            raise AttributeError(f"{name} is no event of the recorded class")

        def record(*arguments: Any, **named: Any) -> None:
            self._signatures[name].bind(self, *arguments, **named)
            self.calls.append((name, (*arguments, *named.values())))
            self.reactions.get(name, lambda: None)()

        return record

    @property
    def names(self) -> list[str]:
        """Names of the recorded calls, without those that each iteration of a loop makes."""
        return [name for name, _ in self.calls if name not in ("progress", "received")]

    def calls_to(self, event: str) -> list[tuple[Any, ...]]:
        """Return the arguments of each call to this event."""
        return [arguments for name, arguments in self.calls if name == event]


def delivery(
    body: bytes = b"",
    *,
    redelivered: bool = False,
    headers: dict[str, Any] | None = None,
    timestamp: int | None = None,
    route: tuple[str, str] = ("sensors", "reading.kitchen"),
) -> Delivery:
    """Return a delivered message, as a session returns it."""
    method = pika.spec.Basic.Deliver("consumer", 1, redelivered, *route)
    return Delivery(body, method, pika.BasicProperties(headers=headers, timestamp=timestamp))


class FakeWork:
    """The `Work` of a handler without a session: runs everything in this thread."""

    def __init__(self, pause: Callable[[float], None] = time.sleep) -> None:
        self.pause = pause

    def run_in_thread(self, work: Callable[[], Any]) -> Any:
        return work()
