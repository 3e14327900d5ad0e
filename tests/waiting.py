"""Waiting for what will come, with a deadline instead of a fixed sleep."""

import time
from collections.abc import Callable
from typing import TypeVar

import pytest

POLL_SECONDS = 0.03
# Enough for a machine whose processors are all busy with other work; it costs nothing when a test passes.
DEADLINE_SECONDS = 90.0

T = TypeVar("T")


def eventually(condition: Callable[[], T | None], within_seconds: float, message: str) -> T:
    """Ask `condition` until it gives something true, and give that; else fail with `message`."""
    deadline = time.monotonic() + within_seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            pytest.fail(f"{message}: not within {within_seconds:g} s; the last answer was {value!r}")
        time.sleep(POLL_SECONDS)
    return value


def always(condition: Callable[[], object], for_seconds: float, message: str) -> None:
    """Fail with `message` as soon as `condition` gives something false within `for_seconds`."""
    deadline = time.monotonic() + for_seconds
    while time.monotonic() < deadline:
        if not (value := condition()):
            pytest.fail(f"{message}: {value!r}")
        time.sleep(POLL_SECONDS)
