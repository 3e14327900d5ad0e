"""Events that wait for a receiver, bounded."""

import threading
from collections import deque

from alerter.alert import Event

MOST_EVENTS = 1_000


class Waiting:
    """A queue in order. When it is full the oldest gives way to the newest. For two threads."""

    def __init__(self, most: int = MOST_EVENTS) -> None:
        self._most = most
        self._events: deque[Event] = deque()
        self._changed = threading.Condition()

    def __len__(self) -> int:
        return len(self._events)

    def put(self, event: Event) -> Event | None:
        """Add one; gives the one that had to give way."""
        with self._changed:
            dropped = self._events.popleft() if len(self._events) >= self._most else None
            self._events.append(event)
            self._changed.notify()
        return dropped

    def oldest(self, seconds: float) -> Event | None:
        """The next one, which stays; None when there is none within that time."""
        with self._changed:
            if not self._events:
                self._changed.wait(seconds)
            return self._events[0] if self._events else None

    def done(self, event: Event) -> None:
        """Remove it, unless it gave way meanwhile."""
        with self._changed:
            if self._events and self._events[0] is event:
                self._events.popleft()
