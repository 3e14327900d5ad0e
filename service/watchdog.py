"""Ends a process whose loop hangs, so that whoever supervises it starts it again."""

import faulthandler
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from service.health import Health
from service.lifecycle import EXIT_FAILURE

LOOK_SECONDS = 1.0
GRACE_SECONDS = 5.0


@contextmanager
def watching(
    health: Health, end: Callable[[int], object] = os._exit, left: threading.Event | None = None
) -> Iterator[None]:
    """End the process with exit code 1 when its loop makes no progress for `health.stall_seconds`.

    While the block runs. Before the end it says so and where each thread is, without any value. Time in
    which the whole process stands still, as a paused container does, is no time without progress: it counts
    its own looks. Between two of them it waits for `left`, which is set after the block.
    """
    watchdog = _Watchdog(health, end, left or threading.Event())
    thread = threading.Thread(target=watchdog.run, name="watchdog", daemon=True)
    thread.start()
    try:
        yield
    finally:
        watchdog.leave()
        thread.join()


class _Watchdog:
    def __init__(self, health: Health, end: Callable[[int], object], left: threading.Event) -> None:
        self._health = health
        self._end = end
        self._left = left
        self._beats = health.beats
        self._quiet_seconds = 0.0
        self._look_seconds = min(LOOK_SECONDS, health.stall_seconds / 4)

    def leave(self) -> None:
        self._left.set()

    def run(self) -> None:
        self._arm()
        try:
            while not self._left.wait(self._look_seconds):
                if self._hangs():
                    self._bark()
                    return
        finally:
            faulthandler.cancel_dump_traceback_later()

    def _hangs(self) -> bool:
        if self._health.beats != self._beats:
            self._beats = self._health.beats
            self._quiet_seconds = 0.0
            self._arm()
        else:
            self._quiet_seconds += self._look_seconds
        return self._quiet_seconds >= self._health.stall_seconds

    def _arm(self) -> None:
        """Let the interpreter's own timer, which needs no Python, do it when this thread cannot.

        That is so when a call that hangs never lets another thread run, or when the log cannot be written.
        """
        faulthandler.dump_traceback_later(
            self._health.stall_seconds + GRACE_SECONDS, exit=True, file=sys.__stderr__ or sys.stderr
        )

    def _bark(self) -> None:
        structlog.get_logger().error(
            "hangs",
            reason="the loop made no progress; the process ends, to be started again",
            seconds=round(self._quiet_seconds, 1),
        )
        faulthandler.dump_traceback(file=sys.__stderr__ or sys.stderr)
        self._end(EXIT_FAILURE)
