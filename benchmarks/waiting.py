"""Waiting for a condition with a deadline."""

import time
from collections.abc import Callable

from runtime.errors import ServiceUnavailable

POLL_SECONDS = 0.05


class BenchmarkFailed(ServiceUnavailable):
    """A contender did not complete its work, so there is no figure."""


def wait_until(condition: Callable[[], bool], seconds: float, expectation: str) -> None:
    """Wait until the condition holds.

    Raises:
        BenchmarkFailed: When it does not hold after `seconds`.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise BenchmarkFailed(f"not within {seconds:.0f} s: {expectation}")
        time.sleep(POLL_SECONDS)
