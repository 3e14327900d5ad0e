"""A loop that makes no progress ends its process; one that waits and says so does not."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from structlog.testing import capture_logs

from service.health import Health
from service.watchdog import watching

# Four looks, each after a second, in the watchdog's own count.
STALL_SECONDS = 4.0
LOOKS = 4
LONG = 60


class Looks(threading.Event):
    """What the watchdog waits for between two looks; no time passes but what a test lets pass."""

    def __init__(self) -> None:
        super().__init__()
        self._turn = threading.Condition()
        self._allowed = 0
        self._waiting = False

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout == STALL_SECONDS / LOOKS
        with self._turn:
            self._waiting = True
            self._turn.notify_all()
            assert self._turn.wait_for(lambda: self._allowed > 0 or self.is_set(), LONG)
            self._waiting = False
            self._allowed = max(0, self._allowed - 1)
        return self.is_set()

    def set(self) -> None:
        with self._turn:
            super().set()
            self._turn.notify_all()

    def look(self, times: int = 1) -> None:
        """Let it look so often, and return when it waits again."""
        with self._turn:
            self._allowed += times
            self._turn.notify_all()
            assert self._turn.wait_for(lambda: self._waiting and self._allowed == 0, LONG)

    def look_for_the_last_time(self) -> None:
        """Let it look once more, after which it does not wait again."""
        with self._turn:
            self._allowed += 1
            self._turn.notify_all()


class Watched:
    """A watchdog, its looks, and the exit codes with which the process would have ended."""

    def __init__(self) -> None:
        self.looks = Looks()
        self.ends: queue.Queue[int] = queue.Queue()


@contextmanager
def watched(health: Health) -> Iterator[Watched]:
    watched = Watched()
    with watching(health, end=watched.ends.put, left=watched.looks):
        yield watched


def test_a_loop_without_progress_ends_the_process_with_a_sentence_and_where_it_hangs(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with capture_logs() as lines, watched(Health(stall_seconds=STALL_SECONDS)) as it:
        it.looks.look(LOOKS - 1)
        assert it.ends.empty()
        it.looks.look_for_the_last_time()
        code = it.ends.get(timeout=LONG)

    assert code == 1
    [line] = lines
    assert (line["event"], line["log_level"]) == ("hangs", "error")
    assert "started again" in line["reason"]
    assert line["seconds"] == STALL_SECONDS
    assert "most recent call first" in capfd.readouterr().err


def test_a_loop_that_waits_and_gives_signs_of_life_goes_on() -> None:
    health = Health("broker", stall_seconds=STALL_SECONDS)
    health.down("broker", "Connection refused")

    with watched(health) as it:
        for _ in range(5 * LOOKS):
            health.beat()
            it.looks.look()
        assert it.ends.empty()


def test_progress_begins_the_patience_anew() -> None:
    health = Health(stall_seconds=STALL_SECONDS)

    with watched(health) as it:
        it.looks.look(LOOKS - 1)
        health.beat()
        it.looks.look()  # it sees the beat
        it.looks.look(LOOKS - 1)
        assert it.ends.empty()
        it.looks.look_for_the_last_time()
        it.ends.get(timeout=LONG)


def test_nothing_watches_once_the_work_is_done() -> None:
    with watched(Health(stall_seconds=STALL_SECONDS)) as it:
        pass

    assert "watchdog" not in [thread.name for thread in threading.enumerate()]
    assert it.ends.empty()
