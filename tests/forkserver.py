"""Fork server for processes that have already imported this project.

Usage: `python -m tests.forkserver DESCRIPTOR`. For each ProcessRequest that it receives by the socket, it
forks a process that runs `python -m MODULE`, and responds with its id. The client becomes its parent, as the
subreaper.
"""

import atexit
import gc
import importlib
import inspect
import json
import os
import runpy
import signal
import socket
import sys
import time
from dataclasses import asdict, dataclass
from os import _exit  # coverage replaces that of the module with one that saves again what it has saved
from typing import Self

from sensorctl.program import Commands

PACKAGES = ("dashboard", "pipeline", "sensor", "sensorctl", "alerter", "analysis")


@dataclass(frozen=True)
class ProcessRequest:
    """The module and its arguments, the complete environment of the process, and the files for its output."""

    arguments: list[str]
    environment: dict[str, str]
    output: str
    errors: str

    @classmethod
    def from_line(cls, line: str) -> Self:
        return cls(**json.loads(line))

    @property
    def line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"


class QuickEnd:
    """Ends a forked process as the last of its `atexit` handlers, before the interpreter frees all objects.

    Freeing them would copy the memory that the process shares with the fork server: for most commands, that
    takes longer than their work. A process that ends with an exception ends as usual, with its traceback.
    """

    exit_code: int | None = None

    def __call__(self) -> None:
        """End the process if its exit code is known."""
        if self.exit_code is not None:
            sys.stdout.flush()
            sys.stderr.flush()
            _exit(self.exit_code)


def serve(connection: socket.socket) -> ProcessRequest | None:
    """Return in each forked process with its request, and with None when the client has disconnected."""
    with connection.makefile("r", encoding="utf-8") as lines:
        for line in lines:
            reader, writer = os.pipe()
            intermediate = os.fork()
            if not intermediate:
                child = os.fork()
                if not child:
                    os.close(reader)
                    os.close(writer)
                    return ProcessRequest.from_line(line)
                os.write(writer, str(child).encode())
                os.kill(os.getpid(), signal.SIGKILL)  # without the cleanup of the interpreter
            os.close(writer)
            os.waitpid(intermediate, 0)
            connection.sendall(os.read(reader, 32) + b"\n")
            os.close(reader)
    return None


def run(request: ProcessRequest, end: QuickEnd) -> None:
    """Run the module as `python -m` does."""
    _redirect(1, request.output)
    if request.errors == request.output:
        os.dup2(1, 2)
    else:
        _redirect(2, request.errors)
    os.environ.clear()
    os.environ.update(request.environment)
    time.tzset()
    if any(name.startswith("COVERAGE_PROCESS") for name in request.environment):
        importlib.import_module("coverage").process_startup(force=True)
    # Processes started in the background of a shell ignore SIGINT, and child processes inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    module, *arguments = request.arguments
    sys.argv = [module, *arguments]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        end.exit_code = 0
    except SystemExit as exit_request:
        if exit_request.code is None or isinstance(exit_request.code, int):
            end.exit_code = exit_request.code or 0
        raise


def _redirect(descriptor: int, path: str) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(file, descriptor)
    os.close(file)


def main() -> None:
    """Import the packages once and serve."""
    end = QuickEnd()
    atexit.register(end)  # before any import registers a handler, since the first runs last
    importlib.import_module("coverage")
    for entry in Commands.entries.values():
        importlib.import_module(entry.module)
    for package in PACKAGES:
        importlib.import_module(f"{package}.__main__")
        del sys.modules[f"{package}.__main__"]  # the forked process runs it as `__main__`
    inspect.stack()  # coverage calls it in each process; the first call looks for the files of all modules
    gc.freeze()
    with socket.socket(fileno=int(sys.argv[1])) as connection:
        request = serve(connection)
    if request:
        run(request, end)


if __name__ == "__main__":
    main()
