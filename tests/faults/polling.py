"""Wait for conditions that raise an error while the broker or the database is down."""

import time
from collections.abc import Callable

import psycopg

from tests.faults.load import BROKEN

POLL_SECONDS = 0.2


def wait_until(condition: Callable[[], object], seconds: float, message: str) -> None:
    """Wait for the condition, which is false while the broker or the database is down.

    Raises:
        AssertionError: When the condition is not true in time.
    """
    deadline = time.monotonic() + seconds
    while not _is_true(condition):
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {message}"
        time.sleep(POLL_SECONDS)


def stays_true(condition: Callable[[], object], seconds: float) -> bool:
    """Return whether the condition is true for this time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not condition():
            return False
        time.sleep(POLL_SECONDS)
    return True


def _is_true(condition: Callable[[], object]) -> bool:
    try:
        return bool(condition())
    except (*BROKEN, psycopg.Error):
        return False
