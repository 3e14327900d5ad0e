"""Keeps the lock of the process that analyses while it computes."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

# A session without a statement for some seconds ends, one read may return any number of readings, and hourly
# readings take milliseconds each on a busy machine.
SECONDS_PER_STATEMENT = 1.0
T = TypeVar("T")


def keeping_lock(keep_lock: Callable[[], None], items: Iterable[T]) -> Iterator[T]:
    """Yield items, and call `keep_lock` so often that the lock is kept however long they take."""
    due_at = time.monotonic() + SECONDS_PER_STATEMENT
    for item in items:
        yield item
        if time.monotonic() >= due_at:
            keep_lock()
            due_at = time.monotonic() + SECONDS_PER_STATEMENT
