"""A bounded queue of notifications that wait for one receiver."""

import threading
from collections import deque

from alerter.notification import Notification

MAX_PENDING = 1_000


class PendingNotifications:
    """A thread-safe FIFO queue; when it is full, the oldest notification is dropped."""

    def __init__(self) -> None:
        self._notifications: deque[Notification] = deque()
        self._changed = threading.Condition()

    def snapshot(self) -> list[Notification]:
        """Return the notifications that wait, oldest first."""
        with self._changed:
            return list(self._notifications)

    def __len__(self) -> int:
        return len(self._notifications)

    def put(self, notification: Notification) -> Notification | None:
        """Append a notification, and return the one that was dropped for it."""
        with self._changed:
            full = len(self._notifications) >= MAX_PENDING
            dropped = self._notifications.popleft() if full else None
            self._notifications.append(notification)
            self._changed.notify()
        return dropped

    def peek(self, timeout_seconds: float) -> Notification | None:
        """Return the oldest notification without removing it; None if none arrives within the timeout."""
        with self._changed:
            if not self._notifications:
                self._changed.wait(timeout_seconds)
            return self._notifications[0] if self._notifications else None

    def remove(self, notification: Notification) -> None:
        """Remove the oldest notification, unless it was dropped in the meantime."""
        with self._changed:
            if self._notifications and self._notifications[0] is notification:
                self._notifications.popleft()
