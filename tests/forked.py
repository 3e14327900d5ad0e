"""Start `python -m MODULE` without waiting for its imports, which take most of a short command's time.

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
from tempfile import TemporaryDirectory

from tests.forkserver import ProcessRequest
from tests.services import ROOT
from tests.waiting import DEADLINE_SECONDS, eventually

_PR_SET_CHILD_SUBREAPER = 36
_lock = threading.Lock()


class ForkedModule:
    """A running module with its own environment, whose output goes to a file, or its errors to another."""

    def __init__(
        self, arguments: list[str], environment: Mapping[str, str], output: Path, errors: Path | None = None
    ) -> None:
        output.write_bytes(b"")
        self.returncode: int | None = None
        self.pid = _fork(ProcessRequest(arguments, dict(environment), str(output), str(errors or output)))

    def poll(self) -> int | None:
        """Return the exit code (negative after a signal), or None while the process runs."""
        return self._reap(os.WNOHANG)

    def wait(self) -> int:
        """Wait until the process has ended, and return its exit code."""
        code = self._reap(0)
        assert code is not None
        return code

    def send_signal(self, number: signal.Signals) -> None:
        """Send the process a signal if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End the process with SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def _reap(self, options: int) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, options)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode


def run_module(arguments: list[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run `python -m MODULE` in the repository until it ends, without input."""
    with TemporaryDirectory(prefix="sensors-run-") as directory:
        output, errors = Path(directory, "output"), Path(directory, "errors")
        process = ForkedModule(arguments, environment, output, errors)
        try:
            eventually(lambda: process.poll() is not None, 2 * DEADLINE_SECONDS, f"{arguments} ends")
        finally:
            process.kill()
        return subprocess.CompletedProcess(
            arguments, process.wait(), output.read_text("utf-8"), errors.read_text("utf-8")
        )


def _fork(request: ProcessRequest) -> int:
    with _lock, _subreaper():
        connection = _server()
        connection.sendall(request.line)
        response = connection.recv(32)
    assert response, "the forkserver has ended"
    return int(response)


@contextmanager
def _subreaper() -> Iterator[None]:
    """Adopt processes whose parent, a descendant of this process, ends within the block."""
    _set_subreaper(1)
    try:
        yield
    finally:
        _set_subreaper(0)


def _set_subreaper(enabled: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_CHILD_SUBREAPER, enabled, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


@cache
def _server() -> socket.socket:
    """Start the fork server, which ends with this process; return the connection to it."""
    client, server_end = socket.socketpair()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    with server_end:
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.forkserver", str(server_end.fileno())],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[server_end.fileno()],
        )

    def end() -> None:
        client.close()
        server.wait()

    atexit.register(end)
    return client
