"""How a process ends: real processes, real signals."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from service.errors import Stopped
from service.lifecycle import Stop
from tests.unit.fakes import wait_until

PROGRAM = """
import sys
from service.errors import *
from service.lifecycle import run

def main(stop):
    password = "s3cret"
    print("started", flush=True)
    {body}

sys.exit(run(main))
"""


class Process:
    """A process whose main does `body` once it has said that it started."""

    def __init__(self, body: str, directory: Path) -> None:
        self._out, self._err = directory / "out", directory / "err"
        with self._out.open("w") as out, self._err.open("w") as err:
            self.child = subprocess.Popen(
                [sys.executable, "-c", PROGRAM.format(body=body)],
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=err,
            )
        self.wait_for("started")

    def wait_for(self, word: str) -> None:
        wait_until(lambda: f"{word}\n" in self._out.read_text())

    def end(self, *signals: int) -> tuple[int, str, str]:
        """Its exit code, stdout and stderr after these signals and a line on stdin."""
        for number in signals:
            self.child.send_signal(number)
        self.child.communicate(b"\n", timeout=60)
        out = self._out.read_text().removeprefix("started\n")
        return self.child.returncode, out, self._err.read_text()

    def kill(self) -> None:
        if self.child.poll() is None:
            self.child.kill()
            self.child.communicate()


Start = Callable[[str], Process]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    with ExitStack() as stack:

        def start(body: str) -> Process:
            process = Process(body, tmp_path)
            stack.callback(process.kill)
            return process

        yield start


@pytest.mark.parametrize(
    ("body", "signals", "code"),
    [
        pytest.param("pass", [], 0, id="plain return"),
        pytest.param("stop.sleep(60)", [signal.SIGTERM], 0, id="SIGTERM"),
        pytest.param("stop.sleep(60)", [signal.SIGINT], 130, id="Ctrl-C"),
        pytest.param("stop.wait(60)", [signal.SIGTERM], 0, id="SIGTERM in a loop"),
        pytest.param("stop.wait(60)", [signal.SIGINT], 130, id="Ctrl-C in a loop"),
    ],
)
def test_the_exit_code_tells_who_stopped_it(start: Start, body: str, signals: list[int], code: int) -> None:
    assert start(body).end(*signals) == (code, "", "")


def test_the_first_signal_decides(start: Start) -> None:
    process = start("stop.wait(60); print('stopping', flush=True); sys.stdin.readline()")
    process.child.send_signal(signal.SIGTERM)
    process.wait_for("stopping")

    code, _, _ = process.end(signal.SIGINT)

    assert code == 0


def test_a_signal_that_the_main_thread_does_not_notice_at_once_ends_its_wait_too(start: Start) -> None:
    body = (
        "import signal, threading;"
        "threading.Timer(0.2, lambda: signal.pthread_kill(threading.get_ident(), signal.SIGTERM)).start();"
        "stop.wait(600)"
    )

    assert start(body).end() == (0, "", "")


def test_a_wrong_setting_is_a_sentence_on_stderr_and_78(start: Start) -> None:
    code, out, err = start("raise ConfigurationError('HTTP_PORT is wrong')").end()

    assert (code, out, err) == (78, "", "HTTP_PORT is wrong\n")


def test_a_service_that_never_came_is_a_line_and_69(start: Start) -> None:
    code, out, err = start("raise ServiceUnavailable('no broker')").end()

    assert (code, err) == (69, "")
    assert "gave up" in out
    assert "no broker" in out
    assert "Traceback" not in out


def test_anything_unforeseen_is_a_traceback_and_1_without_local_variables(start: Start) -> None:
    code, out, _ = start("raise RuntimeError('odd')").end()

    assert code == 1
    assert "crashed" in out
    assert "RuntimeError: odd" in out
    assert "s3cret" not in out


def test_before_the_request_nothing_is_requested() -> None:
    stop = Stop()

    assert not stop.requested
    assert stop.seconds_since_request() == 0
    assert not stop.wait(0)
    assert not stop.wait(-1)
    stop.sleep(0)


def test_after_the_request_every_wait_ends_at_once() -> None:
    stop = Stop()
    stop.request()

    assert stop.requested
    assert stop.wait(60)
    assert stop.wait(60)
    with pytest.raises(Stopped):
        stop.sleep(60)
    before = stop.seconds_since_request()
    assert stop.seconds_since_request() >= before >= 0


def test_a_request_from_another_thread_wakes_the_waiter() -> None:
    stop = Stop()
    began = time.monotonic()
    threading.Timer(0.02, stop.request).start()

    assert stop.wait(600)
    assert time.monotonic() - began < 300


def test_a_signal_to_this_process_is_a_request() -> None:
    stop = Stop()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        stop.on_signals()
        os.kill(os.getpid(), signal.SIGINT)

        assert stop.wait(60)
        assert stop.signal == signal.SIGINT
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
