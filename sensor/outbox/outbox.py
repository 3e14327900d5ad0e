"""Readings on their way to the broker, kept until it has confirmed them."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice, zip_longest
from threading import Condition
from typing import Protocol

from sensor.outbox.backlog import Backlog, Waiting
from sensor.outbox.circuit_breaker import CircuitBreaker
from sensor.outbox.sqlite import OutboxEntry, OutboxFile, OutboxFileFailed

FRESH_READINGS = 1_000
DELETE_READINGS = 100
DELETE_SECONDS = 1.0
# While the disk is full or broken.
MEMORY_READINGS = 10_000


class Listener(Protocol):
    """Who hears what happens to the outbox."""

    def dropped(self, readings: int) -> None:
        """It was full and lost its oldest readings."""

    def outbox_failed(self, reason: str, in_memory: int) -> None:
        """The disk is full or broken; so many readings are in memory only."""

    def outbox_recovered(self) -> None:
        """All readings are on disk again."""


class Outbox:
    """One thread puts readings in, another takes them out once they are confirmed. A file keeps them.

    There are two lanes, each in order: the backlog, on disk, and the fresh readings, which are in memory
    too. They take turns while both have something, so that a long backlog does not hold up what is measured
    now. When too many fresh ones wait, they join the backlog.

    When the outbox is full the oldest reading is dropped. While the disk fails, readings are kept in
    memory. What is confirmed is deleted in batches: a crash before that sends it again.
    """

    def __init__(
        self, file: OutboxFile, max_readings: int, listener: Listener, *, sync_always: bool = False
    ) -> None:
        self._file = file
        self._max_readings = max_readings
        self._listener = listener
        self._sync_always = sync_always
        self._changed = Condition()
        self._backlog = Backlog(file)
        self._fresh: deque[Waiting] = deque()
        self._unsaved: deque[Waiting] = deque()
        self._confirmed: set[int] = set()
        self._in_hand: deque[Waiting] = deque()
        self._fresh_turn = self._failing = self._closed = False
        self._delete_at = 0.0
        self._save = CircuitBreaker(self._save_now, self._failed)
        self._delete = CircuitBreaker(self._delete_now, self._failed)
        self._load = CircuitBreaker(lambda: self._backlog.load(self._confirmed), self._failed)
        self._drop = CircuitBreaker(self._drop_now, self._failed)

    def put(self, reading: OutboxEntry) -> None:
        """Add the newest reading; when it returns a kill cannot lose it, unless the disk fails."""
        with self._changed:
            self._unsaved.append(Waiting(reading))
            self._save()
            self._keep_the_bounds()
            self._changed.notify()

    def oldest(self, wait_seconds: float, at_most: int = 1) -> list[OutboxEntry]:
        """The readings to publish next, in this order; they stay here. Waits `wait_seconds` for the first."""
        with self._changed:
            self._changed.wait_for(self._has_something, wait_seconds)
            if self._closed:
                return []
            self._tidy()
            self._in_hand = deque(islice(self._next(), at_most))
            return [waiting.reading for waiting in self._in_hand]

    def confirmed(self) -> None:
        """The broker has the first of what was given last; forget it, unless it was dropped meanwhile."""
        with self._changed:
            waiting = self._in_hand.popleft()
            for lane in (self._backlog.chunk, self._fresh, self._unsaved):
                if lane and lane[0] is waiting:
                    lane.popleft()
            if not waiting.dropped and waiting.row:
                self._confirmed.add(waiting.row)
            self._fresh_turn = not self._fresh_turn

    def broker_away(self) -> None:
        """From now on each reading reaches the disk before `put` returns; those that wait do so now."""
        self._sync(each_commit=True)

    def broker_back(self) -> None:
        """Readings stay for a moment only: unless told to, do not wait for the disk."""
        self._sync(each_commit=self._sync_always)

    def close(self) -> None:
        """Give the file back, with what is left in it."""
        with self._changed:
            self._closed = True
            for last_act in (self._save_now, self._delete_now, self._file.close):
                self._attempt(last_act)

    def __len__(self) -> int:
        """How many readings wait."""
        return self._file.rows - len(self._confirmed) + len(self._unsaved)

    @property
    def in_memory_only(self) -> int:
        """How many of them are not on disk, because it fails."""
        return len(self._unsaved)

    def _has_something(self) -> bool:
        loadable = self._backlog.chunk or (self._backlog.more and self._load.due)
        return bool(self._fresh or self._unsaved or loadable or self._closed)

    def _next(self) -> Iterator[Waiting]:
        """The two lanes in turns, and then what is left of the longer one."""
        first, second = iter(self._backlog.chunk), iter(self._fresh or self._unsaved)
        if self._fresh_turn:
            first, second = second, first
        return (waiting for pair in zip_longest(first, second) for waiting in pair if waiting)

    def _tidy(self) -> None:
        if len(self._confirmed) >= DELETE_READINGS or (
            self._confirmed and time.monotonic() >= self._delete_at
        ):
            self._delete()
        if self._unsaved:
            self._save()
        if not self._backlog.chunk and self._backlog.more:
            self._load()

    def _save_now(self) -> None:
        if not self._unsaved:
            return
        rows = self._file.append([waiting.reading for waiting in self._unsaved])
        for waiting, row in zip(self._unsaved, rows, strict=True):
            waiting.row = row
        self._fresh.extend(self._unsaved)
        self._unsaved.clear()
        if len(self._fresh) > FRESH_READINGS:
            self._fresh.clear()
            self._backlog.until = self._file.last_row
        if self._failing:
            self._failing = False
            self._listener.outbox_recovered()

    def _delete_now(self) -> None:
        if self._confirmed:
            self._file.delete(self._confirmed)
            self._confirmed.clear()
        self._delete_at = time.monotonic() + DELETE_SECONDS

    def _keep_the_bounds(self) -> None:
        if len(self) > self._max_readings:
            self._drop()
        too_many = len(self._unsaved) - min(self._max_readings, MEMORY_READINGS)
        for _ in range(too_many):
            self._unsaved.popleft().dropped = True
        if too_many > 0:
            self._listener.dropped(too_many)

    def _drop_now(self) -> None:
        self._delete_now()
        excess = min(len(self) - self._max_readings, self._file.rows)
        if excess <= 0:
            return
        last = self._file.drop_oldest(excess)
        for waiting in self._in_hand:
            waiting.dropped = waiting.dropped or 0 < waiting.row <= last
        for lane in (self._backlog.chunk, self._fresh):
            while lane and lane[0].row <= last:
                lane.popleft()
        self._listener.dropped(excess)

    def _sync(self, *, each_commit: bool) -> None:
        with self._changed:
            self._attempt(lambda: self._file.sync_each_commit(each_commit))

    def _attempt(self, action: Callable[[], None]) -> None:
        try:
            action()
        except OutboxFileFailed as error:
            self._failed(error)

    def _failed(self, error: OutboxFileFailed) -> None:
        self._failing = True
        self._listener.outbox_failed(str(error), len(self._unsaved))


__all__ = ["Listener", "Outbox", "OutboxEntry"]
