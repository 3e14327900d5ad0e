"""Waiting for a condition with a deadline."""

import time
from collections.abc import Callable

from runtime.errors import ServiceUnavailable

POLL_SECONDS = 0.05


class BenchFailed(ServiceUnavailable):
    """Something did not do its work, so there is no figure."""


def eventually(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Return once the condition holds. Raises BenchFailed after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise BenchFailed(f"not within {seconds:.0f} s: {what}")
        time.sleep(POLL_SECONDS)
