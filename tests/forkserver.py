"""`python -m tests.forkserver DESCRIPTOR`: forks processes that have imported this project already.

For each line with an Order that comes by the socket, a process is forked that goes on as `python -m MODULE`
does, and its id is answered. Its parent is whoever asks, as the subreaper, and not this process.
"""

import gc
import importlib
import json
import os
import runpy
import signal
import socket
import sys
import time
from dataclasses import asdict, dataclass
from typing import Self

PACKAGES = ("dashboard", "pipeline", "sensor", "sensorctl", "alerter")


@dataclass(frozen=True)
class Order:
    """What is to be run, with the whole environment of the process and the file for what it says."""

    words: list[str]
    environment: dict[str, str]
    output: str

    @classmethod
    def from_line(cls, line: str) -> Self:
        return cls(**json.loads(line))

    @property
    def line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"


def serve(connection: socket.socket) -> Order | None:
    """Return in each forked process with its order, and with None when nobody will ask again."""
    with connection.makefile("r", encoding="utf-8") as lines:
        for line in lines:
            reader, writer = os.pipe()
            between = os.fork()
            if not between:
                grandchild = os.fork()
                if not grandchild:
                    os.close(reader)
                    os.close(writer)
                    return Order.from_line(line)
                os.write(writer, str(grandchild).encode())
                os.kill(os.getpid(), signal.SIGKILL)  # nothing of the interpreter's end is wanted
            os.close(writer)
            os.waitpid(between, 0)
            connection.sendall(os.read(reader, 32) + b"\n")
            os.close(reader)
    return None


def run(order: Order) -> None:
    """Go on as `python -m` does."""
    output = os.open(order.output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    os.environ.clear()
    os.environ.update(order.environment)
    time.tzset()
    if any(name.startswith("COVERAGE_PROCESS") for name in order.environment):
        importlib.import_module("coverage").process_startup(force=True)
    # A shell lets what it starts in the background ignore Ctrl-C, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    module, *arguments = order.words
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def main() -> None:
    """Import once what each process would import, and serve."""
    importlib.import_module("coverage")
    for package in PACKAGES:
        importlib.import_module(f"{package}.__main__")
        del sys.modules[f"{package}.__main__"]  # it will be run as `__main__`
    gc.freeze()
    with socket.socket(fileno=int(sys.argv[1])) as connection:
        order = serve(connection)
    if order:
        run(order)


if __name__ == "__main__":
    main()
