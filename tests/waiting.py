"""Waiting for what will come, with a deadline instead of a fixed sleep."""

import time
from collections.abc import Callable
from pathlib import Path
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


class Stopwatch:
    """Measures how long something takes, without the time in which the machine let it wait.

    A bound that the product promises is not broken by other work on the machine: what this thread, and the
    main thread of the process `pid` if one is given, waited for a processor does not count.
    """

    def __init__(self, pid: int | None = None) -> None:
        self._tasks = ["thread-self"] if pid is None else ["thread-self", f"{pid}/task/{pid}"]
        self._started_at = time.monotonic()
        self._waited = self._waited_seconds()

    @property
    def seconds(self) -> float:
        """Seconds since it was made."""
        return time.monotonic() - self._started_at - (self._waited_seconds() - self._waited)

    def _waited_seconds(self) -> float:
        return sum(map(_waited_for_processor_seconds, self._tasks))


def _waited_for_processor_seconds(task: str) -> float:
    """The second field, in nanoseconds: https://docs.kernel.org/scheduler/sched-stats.html."""
    try:
        return int(Path(f"/proc/{task}/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    except OSError:
        return 0.0  # a kernel without these statistics
