"""Wait for conditions with a deadline instead of a fixed sleep."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

POLL_SECONDS = 0.03
# Polling faster would keep a core busy with commands and requests while a stack starts or an alert fires.
MAX_POLL_SECONDS = 0.3
# Long enough for a machine that is busy with other work; a passing test does not wait for it.
DEADLINE_SECONDS = 90.0

T = TypeVar("T")


def eventually(condition: Callable[[], T | None], within_seconds: float, message: str) -> T:
    """Return the first true value of `condition`; fail with `message` if there is none in time.

    The pauses between the polls are a tenth of the time that has passed, within limits.
    """
    started_at = time.monotonic()
    while not (value := condition()):
        passed = time.monotonic() - started_at
        if passed > within_seconds:
            pytest.fail(f"{message}: not within {within_seconds:g} s; the last value was {value!r}")
        time.sleep(min(max(POLL_SECONDS, passed / 10), MAX_POLL_SECONDS))
    return value


def always(condition: Callable[[], object], for_seconds: float, message: str) -> None:
    """Fail with `message` if `condition` returns a false value within `for_seconds`."""
    deadline = time.monotonic() + for_seconds
    while time.monotonic() < deadline:
        if not (value := condition()):
            pytest.fail(f"{message}: {value!r}")
        time.sleep(POLL_SECONDS)


class Stopwatch:
    """Measure elapsed time without the time spent waiting for a processor.

    Other work on the machine must not break a time limit that the product promises. Therefore the time does
    not count in which this thread, or the main thread of the process `pid` if given, was ready to run.
    """

    def __init__(self, pid: int | None = None) -> None:
        self._tasks = ["thread-self"] if pid is None else ["thread-self", f"{pid}/task/{pid}"]
        self._started_at = time.monotonic()
        self._waited = self._waited_seconds()

    @property
    def seconds(self) -> float:
        """Seconds since the start, without the time spent waiting for a processor."""
        return time.monotonic() - self._started_at - (self._waited_seconds() - self._waited)

    def _waited_seconds(self) -> float:
        return sum(map(_waited_for_processor_seconds, self._tasks))


def _waited_for_processor_seconds(task: str) -> float:
    """Return the time from the second field, in nanoseconds: https://docs.kernel.org/scheduler/sched-stats.html."""
    try:
        return int(Path(f"/proc/{task}/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    except OSError:
        return 0.0  # a kernel without these statistics
