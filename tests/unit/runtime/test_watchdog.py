"""A loop that makes no progress ends its process; one that waits and says so does not."""

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from structlog.testing import capture_logs

from runtime.health import Health
from runtime.watchdog import watchdog

STALL_SECONDS = 0.2


@contextmanager
def watched(health: Health) -> Iterator["queue.Queue[int]"]:
    """The exit codes with which the process would have ended."""
    ends: queue.Queue[int] = queue.Queue()
    with watchdog(health, terminate=ends.put):
        yield ends


def test_a_loop_without_progress_ends_the_process_with_a_sentence_and_where_it_hangs(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with capture_logs() as lines, watched(Health(stall_seconds=STALL_SECONDS)) as ends:
        code = ends.get(timeout=10)

    assert code == 1
    [line] = lines
    assert (line["event"], line["log_level"]) == ("event loop stalled", "error")
    assert "restarts it" in line["reason"]
    assert line["seconds"] == pytest.approx(STALL_SECONDS, abs=0.1)
    assert "most recent call first" in capfd.readouterr().err


def test_a_loop_that_waits_and_gives_signs_of_life_goes_on() -> None:
    health = Health("broker", stall_seconds=STALL_SECONDS)
    health.mark_down("broker", "Connection refused")
    deadline = time.monotonic() + 5 * STALL_SECONDS

    with watched(health) as ends:
        while time.monotonic() < deadline:
            health.heartbeat()
            time.sleep(STALL_SECONDS / 20)
        assert ends.empty()


def test_progress_begins_the_patience_anew() -> None:
    health = Health(stall_seconds=STALL_SECONDS)
    began = time.monotonic()

    with watched(health) as ends:
        time.sleep(STALL_SECONDS / 2)
        health.heartbeat()
        ends.get(timeout=10)

    assert time.monotonic() - began >= 1.4 * STALL_SECONDS


def test_nothing_watches_once_the_work_is_done() -> None:
    with watched(Health(stall_seconds=STALL_SECONDS)) as ends:
        pass

    assert "watchdog" not in [thread.name for thread in threading.enumerate()]
    assert ends.empty()
