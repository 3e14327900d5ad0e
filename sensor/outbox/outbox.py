"""The outbox: stores readings until the broker has confirmed them."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice, zip_longest
from threading import Condition
from typing import Protocol

from sensor.outbox.backlog import Backlog
from sensor.outbox.circuit_breaker import CircuitBreaker
from sensor.outbox.entry import OutboxEntry, PendingEntry
from sensor.outbox.sqlite import OutboxFile, OutboxFileFailed

MAX_LIVE_READINGS = 1_000
DELETE_BATCH_READINGS = 100
DELETE_INTERVAL_SECONDS = 1.0
# While the disk is full or fails.
MAX_UNSAVED_READINGS = 10_000


class OutboxEvents(Protocol):
    """The events that the outbox reports."""

    def dropped(self, readings: int) -> None:
        """Record that the outbox was full and dropped its oldest readings."""

    def outbox_failed(self, reason: str, in_memory: int) -> None:
        """Record that the disk is full or fails, and how many readings are in memory only."""

    def outbox_recovered(self) -> None:
        """Record that all readings are on disk again."""


class Outbox:
    """A queue between the thread that puts readings and the thread that publishes them, stored in a file.

    It has two lanes, each in order: the backlog, which is on disk only, and the live readings, which are in
    memory too. While both have entries they take turns, so that a long backlog does not delay live readings.
    When there are more than `MAX_LIVE_READINGS` live readings, they join the backlog.

    A full outbox drops its oldest reading. While the disk fails, readings stay in memory. Confirmed readings
    are deleted in batches: after a crash before the deletion they are published again.
    """

    def __init__(
        self, file: OutboxFile, max_readings: int, events: OutboxEvents, *, sync_always: bool = False
    ) -> None:
        self._file = file
        self._max_readings = max_readings
        self._events = events
        self._sync_always = sync_always
        self._changed = Condition()
        self._backlog = Backlog(file)
        self._live: deque[PendingEntry] = deque()
        self._unsaved: deque[PendingEntry] = deque()
        self._in_flight: deque[PendingEntry] = deque()
        self._confirmed_rows: set[int] = set()
        self._live_lane_is_next = self._is_failing = self._is_closed = False
        self._delete_at = 0.0
        self._save = CircuitBreaker(self._save_unsaved, self._on_failure)
        self._delete = CircuitBreaker(self._delete_confirmed, self._on_failure)
        self._load = CircuitBreaker(lambda: self._backlog.load(self._confirmed_rows), self._on_failure)
        self._drop = CircuitBreaker(self._drop_excess, self._on_failure)

    def put(self, *entries: OutboxEntry) -> None:
        """Add the newest readings. Once this returns, a kill cannot lose them unless the disk fails."""
        with self._changed:
            self._unsaved.extend(map(PendingEntry, entries))
            self._save()
            self._enforce_limits()
            self._changed.notify()

    def next_batch(self, timeout_seconds: float, max_readings: int = 1) -> list[OutboxEntry]:
        """Return the readings to publish next, in order, without removing them.

        Wait up to `timeout_seconds` for the first.
        """
        with self._changed:
            self._changed.wait_for(self._is_ready, timeout_seconds)
            if self._is_closed:
                return []
            self._housekeeping()
            self._in_flight = deque(islice(self._pending(), max_readings))
            return [pending.entry for pending in self._in_flight]

    def mark_confirmed(self, readings: int = 1) -> None:
        """Remove the first readings of the last batch that are not confirmed yet."""
        with self._changed:
            for _ in range(readings):
                self._remove(self._in_flight.popleft())

    def _remove(self, confirmed: PendingEntry) -> None:
        for lane in (self._backlog.chunk, self._live, self._unsaved):
            if lane and lane[0] is confirmed:
                lane.popleft()
        if not confirmed.dropped and confirmed.row:
            self._confirmed_rows.add(confirmed.row)
        self._live_lane_is_next = not self._live_lane_is_next

    def broker_down(self) -> None:
        """Sync the pending readings now, and from now on each reading before `put` returns."""
        self._sync_each_commit(enabled=True)

    def broker_up(self) -> None:
        """Stop syncing each reading, unless `sync_always` is set: readings are pending only briefly now."""
        self._sync_each_commit(enabled=self._sync_always)

    def close(self) -> None:
        """Save the pending readings and close the file."""
        with self._changed:
            self._is_closed = True
            for operation in (self._save_unsaved, self._delete_confirmed, self._file.close):
                self._attempt(operation)

    def __len__(self) -> int:
        """Return the number of pending readings."""
        return self._file.row_count - len(self._confirmed_rows) + len(self._unsaved)

    @property
    def in_memory_only(self) -> int:
        """The number of pending readings that are not on disk, because it fails."""
        return len(self._unsaved)

    def _is_ready(self) -> bool:
        can_load = self._backlog.has_more and not self._load.is_open
        return bool(self._live or self._unsaved or self._backlog.chunk or can_load or self._is_closed)

    def _pending(self) -> Iterator[PendingEntry]:
        """Alternate between the two lanes, then yield the rest of the longer one."""
        first, second = iter(self._backlog.chunk), iter(self._live or self._unsaved)
        if self._live_lane_is_next:
            first, second = second, first
        return (pending for pair in zip_longest(first, second) for pending in pair if pending)

    def _housekeeping(self) -> None:
        batch_is_full = len(self._confirmed_rows) >= DELETE_BATCH_READINGS
        if batch_is_full or (self._confirmed_rows and time.monotonic() >= self._delete_at):
            self._delete()
        if self._unsaved:
            self._save()
        if not self._backlog.chunk and self._backlog.has_more:
            self._load()

    def _save_unsaved(self) -> None:
        if not self._unsaved:
            return
        rows = self._file.append([pending.entry for pending in self._unsaved])
        for pending, row in zip(self._unsaved, rows, strict=True):
            pending.row = row
        self._live.extend(self._unsaved)
        self._unsaved.clear()
        if len(self._live) > MAX_LIVE_READINGS:
            self._live.clear()
            self._backlog.last_row = self._file.last_row
        if self._is_failing:
            self._is_failing = False
            self._events.outbox_recovered()

    def _delete_confirmed(self) -> None:
        if self._confirmed_rows:
            self._file.delete(self._confirmed_rows)
            self._confirmed_rows.clear()
        self._delete_at = time.monotonic() + DELETE_INTERVAL_SECONDS

    def _enforce_limits(self) -> None:
        if len(self) > self._max_readings:
            self._drop()
        excess = len(self._unsaved) - min(self._max_readings, MAX_UNSAVED_READINGS)
        for _ in range(excess):
            self._unsaved.popleft().dropped = True
        if excess > 0:
            self._events.dropped(excess)

    def _drop_excess(self) -> None:
        self._delete_confirmed()
        excess = min(len(self) - self._max_readings, self._file.row_count)
        if excess <= 0:
            return
        last = self._file.drop_oldest(excess)
        for pending in self._in_flight:
            pending.dropped = pending.dropped or 0 < pending.row <= last
        for lane in (self._backlog.chunk, self._live):
            while lane and lane[0].row <= last:
                lane.popleft()
        self._events.dropped(excess)

    def _sync_each_commit(self, *, enabled: bool) -> None:
        with self._changed:
            self._attempt(lambda: self._file.sync_each_commit(enabled))

    def _attempt(self, operation: Callable[[], None]) -> None:
        try:
            operation()
        except OutboxFileFailed as error:
            self._on_failure(error)

    def _on_failure(self, error: OutboxFileFailed) -> None:
        self._is_failing = True
        self._events.outbox_failed(str(error), len(self._unsaved))
