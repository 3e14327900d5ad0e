"""The watchdog ends a process whose loop is stalled, and no other."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from structlog.testing import capture_logs

from runtime.health import Health
from runtime.watchdog import watchdog

# The limit is four checks with a second between them, as the watchdog counts them.
STALL_SECONDS = 4.0
CHECKS_UNTIL_STALLED = 4
TIMEOUT_SECONDS = 60


class CheckControl(threading.Event):
    """The event that the watchdog waits for between two checks; each check needs a test's permission."""

    def __init__(self) -> None:
        super().__init__()
        self._condition = threading.Condition()
        self._allowed = 0
        self._waiting = False

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout == STALL_SECONDS / CHECKS_UNTIL_STALLED
        with self._condition:
            self._waiting = True
            self._condition.notify_all()
            assert self._condition.wait_for(lambda: self._allowed > 0 or self.is_set(), TIMEOUT_SECONDS)
            self._waiting = False
            self._allowed = max(0, self._allowed - 1)
        return self.is_set()

    def set(self) -> None:
        with self._condition:
            super().set()
            self._condition.notify_all()

    def run_checks(self, times: int = 1) -> None:
        """Let the watchdog check so many times, and return when it waits again."""
        with self._condition:
            self._allowed += times
            self._condition.notify_all()
            assert self._condition.wait_for(lambda: self._waiting and self._allowed == 0, TIMEOUT_SECONDS)

    def run_last_check(self) -> None:
        """Let the watchdog check once more, without expecting it to wait again."""
        with self._condition:
            self._allowed += 1
            self._condition.notify_all()


class Watched:
    """The control of a watchdog's checks, and the exit codes with which it would have ended the process."""

    def __init__(self) -> None:
        self.checks = CheckControl()
        self.exit_codes: queue.Queue[int] = queue.Queue()


@contextmanager
def watched(health: Health) -> Iterator[Watched]:
    watched = Watched()
    with watchdog(health, terminate=watched.exit_codes.put, stopped=watched.checks):
        yield watched


def test_a_stalled_loop_ends_the_process_with_a_log_line_and_a_traceback(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with capture_logs() as lines, watched(Health(stall_seconds=STALL_SECONDS)) as observed:
        observed.checks.run_checks(CHECKS_UNTIL_STALLED - 1)
        assert observed.exit_codes.empty()
        observed.checks.run_last_check()
        code = observed.exit_codes.get(timeout=TIMEOUT_SECONDS)

    assert code == 1
    [line] = lines
    assert (line["event"], line["log_level"]) == ("event loop stalled", "error")
    assert "restarts it" in line["reason"]
    assert line["seconds"] == STALL_SECONDS
    assert "most recent call first" in capfd.readouterr().err


def test_a_waiting_loop_with_heartbeats_is_not_ended() -> None:
    health = Health("broker", stall_seconds=STALL_SECONDS)
    health.mark_down("broker", "Connection refused")

    with watched(health) as observed:
        for _ in range(5 * CHECKS_UNTIL_STALLED):
            health.heartbeat()
            observed.checks.run_checks()
        assert observed.exit_codes.empty()


def test_a_heartbeat_restarts_the_limit() -> None:
    health = Health(stall_seconds=STALL_SECONDS)

    with watched(health) as observed:
        observed.checks.run_checks(CHECKS_UNTIL_STALLED - 1)
        health.heartbeat()
        observed.checks.run_checks()  # it notices the heartbeat
        observed.checks.run_checks(CHECKS_UNTIL_STALLED - 1)
        assert observed.exit_codes.empty()
        observed.checks.run_last_check()
        observed.exit_codes.get(timeout=TIMEOUT_SECONDS)


def test_the_watchdog_stops_with_the_block() -> None:
    with watched(Health(stall_seconds=STALL_SECONDS)) as observed:
        pass

    assert "watchdog" not in [thread.name for thread in threading.enumerate()]
    assert observed.exit_codes.empty()
