"""Starts `python -m MODULE` without waiting for its imports, which take most of a short command's time.

The process is a child of this one, as if it had been started by `subprocess`; see `forkserver`.
"""

import atexit
import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from tests.forkserver import Order
from tests.services import ROOT

_PR_SET_CHILD_SUBREAPER = 36
_lock = threading.Lock()


class ForkedModule:
    """A running module with an environment of its own, which writes what it says to a file."""

    def __init__(self, words: list[str], environment: Mapping[str, str], output: Path) -> None:
        output.write_bytes(b"")
        self.returncode: int | None = None
        self.pid = _fork(Order(words, dict(environment), str(output)))

    def poll(self) -> int | None:
        """The exit code, or minus the number of the signal that ended it; None while it runs."""
        return self._reap(os.WNOHANG)

    def wait(self) -> int:
        """The exit code, once it has ended."""
        code = self._reap(0)
        assert code is not None
        return code

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it with SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def _reap(self, options: int) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, options)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode


def _fork(order: Order) -> int:
    with _lock, _subreaper():
        connection = _server()
        connection.sendall(order.line)
        answer = connection.recv(32)
    assert answer, "the forkserver has ended"
    return int(answer)


@contextmanager
def _subreaper() -> Iterator[None]:
    """Become the parent of what a descendant leaves behind in the block."""
    _set_subreaper(1)
    try:
        yield
    finally:
        _set_subreaper(0)


def _set_subreaper(wanted: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_CHILD_SUBREAPER, wanted, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


@cache
def _server() -> socket.socket:
    """The connection to the server, which ends with this process."""
    ours, its = socket.socketpair()
    unmeasured = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    with its:
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.forkserver", str(its.fileno())],
            cwd=ROOT,
            env=unmeasured,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[its.fileno()],
        )

    def end() -> None:
        ours.close()
        server.wait()

    atexit.register(end)
    return ours
