"""How a process exits: real processes and real signals."""

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

from runtime.errors import ShutdownRequested
from runtime.lifecycle import ShutdownSignal
from tests.unit.fakes import wait_until

PROGRAM = """
import sys
from runtime.errors import *
from runtime.lifecycle import run

def main(stop):
    password = "s3cret"
    print("started", flush=True)
    {body}

sys.exit(run(main))
"""


class Process:
    """A process whose main function prints "started" and then runs `body`."""

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

    def finish(self, *signals: int) -> tuple[int, str, str]:
        """Send the signals and a line on stdin; return the exit code, stdout and stderr."""
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
def test_the_exit_code_depends_on_the_signal(start: Start, body: str, signals: list[int], code: int) -> None:
    assert start(body).finish(*signals) == (code, "", "")


def test_the_first_signal_decides_the_exit_code(start: Start) -> None:
    process = start("stop.wait(60); print('stopping', flush=True); sys.stdin.readline()")
    process.child.send_signal(signal.SIGTERM)
    process.wait_for("stopping")

    code, _, _ = process.finish(signal.SIGINT)

    assert code == 0


def test_a_signal_delivered_to_another_thread_ends_the_wait(start: Start) -> None:
    body = (
        "import signal, threading;"
        "threading.Timer(0.2, lambda: signal.pthread_kill(threading.get_ident(), signal.SIGTERM)).start();"
        "stop.wait(600)"
    )

    assert start(body).finish() == (0, "", "")


def test_a_configuration_error_is_printed_to_stderr_and_exits_with_78(start: Start) -> None:
    code, out, err = start("raise ConfigurationError('HTTP_PORT is wrong')").finish()

    assert (code, out, err) == (78, "", "HTTP_PORT is wrong\n")


def test_an_unavailable_service_is_logged_and_exits_with_69(start: Start) -> None:
    code, out, err = start("raise ServiceUnavailable('no broker')").finish()

    assert (code, err) == (69, "")
    assert "dependency unavailable, exiting" in out
    assert "no broker" in out
    assert "Traceback" not in out


def test_an_unexpected_error_logs_a_traceback_without_local_variables_and_exits_with_1(start: Start) -> None:
    code, out, _ = start("raise RuntimeError('odd')").finish()

    assert code == 1
    assert "crashed" in out
    assert "RuntimeError: odd" in out
    assert "s3cret" not in out


def test_a_new_signal_is_not_set() -> None:
    stop = ShutdownSignal()

    assert not stop.is_set()
    assert stop.seconds_since_set() == 0
    assert not stop.wait(0)
    assert not stop.wait(-1)
    stop.sleep(0)


def test_once_set_every_wait_ends_immediately() -> None:
    stop = ShutdownSignal()
    stop.set()

    assert stop.is_set()
    assert stop.wait(60)
    assert stop.wait(60)
    with pytest.raises(ShutdownRequested):
        stop.sleep(60)
    before = stop.seconds_since_set()
    assert stop.seconds_since_set() >= before >= 0


def test_setting_it_from_another_thread_ends_the_wait() -> None:
    stop = ShutdownSignal()
    started_at = time.monotonic()
    threading.Timer(0.02, stop.set).start()

    assert stop.wait(600)
    assert time.monotonic() - started_at < 300


def test_a_signal_to_this_process_sets_it() -> None:
    stop = ShutdownSignal()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        stop.install_handlers()
        os.kill(os.getpid(), signal.SIGINT)

        assert stop.wait(60)
        assert stop.signal_number == signal.SIGINT
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
