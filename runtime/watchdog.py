"""Ends a process whose main loop is stalled, so that its supervisor restarts it."""

import faulthandler
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from runtime.exit_codes import EXIT_FAILURE
from runtime.health import Health

CHECK_INTERVAL_SECONDS = 1.0
# How long after the stall limit the interpreter ends the process if the watchdog's thread could not.
GRACE_SECONDS = 5.0


@contextmanager
def watchdog(
    health: Health,
    terminate: Callable[[int], object] = os._exit,
    stopped: threading.Event | None = None,
) -> Iterator[None]:
    """End the process with exit code 1 if its loop stalls while the block runs.

    The loop is stalled when it makes no progress for `health.stall_seconds`. The watchdog first logs it and
    writes the stack of every thread, without variables, to stderr. Time during which the whole process is
    suspended, such as a paused container, does not count: the watchdog counts its own checks. Between two of
    them it waits for `stopped`, which is set after the block.
    """
    watcher = _Watchdog(health, terminate, stopped or threading.Event())
    thread = threading.Thread(target=watcher.run, name="watchdog", daemon=True)
    thread.start()
    try:
        yield
    finally:
        watcher.stop()
        thread.join()


class _Watchdog:
    def __init__(self, health: Health, terminate: Callable[[int], object], stopped: threading.Event) -> None:
        self._health = health
        self._terminate_process = terminate
        self._stopped = stopped
        self._heartbeats = health.heartbeats
        self._seconds_without_progress = 0.0
        self._check_interval_seconds = min(CHECK_INTERVAL_SECONDS, health.stall_seconds / 4)

    def stop(self) -> None:
        self._stopped.set()

    def run(self) -> None:
        self._arm_fallback()
        try:
            while not self._stopped.wait(self._check_interval_seconds):
                if self._is_stalled():
                    self._terminate()
                    return
        finally:
            faulthandler.cancel_dump_traceback_later()

    def _is_stalled(self) -> bool:
        if self._health.heartbeats != self._heartbeats:
            self._heartbeats = self._health.heartbeats
            self._seconds_without_progress = 0.0
            self._arm_fallback()
        else:
            self._seconds_without_progress += self._check_interval_seconds
        return self._seconds_without_progress >= self._health.stall_seconds

    def _arm_fallback(self) -> None:
        """Restart the interpreter's own timer, which ends the process without running any Python code.

        It is needed when a blocking call never lets another thread run, and when the log cannot be written.
        """
        faulthandler.dump_traceback_later(
            self._health.stall_seconds + GRACE_SECONDS, exit=True, file=sys.__stderr__ or sys.stderr
        )

    def _terminate(self) -> None:
        structlog.get_logger().error(
            "event loop stalled",
            reason="the loop made no progress; the process exits so that its supervisor restarts it",
            seconds=round(self._seconds_without_progress, 1),
        )
        faulthandler.dump_traceback(file=sys.__stderr__ or sys.stderr)
        self._terminate_process(EXIT_FAILURE)
