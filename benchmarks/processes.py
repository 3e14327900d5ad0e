"""The processes that are measured: this project's services and its peers, run as their users run them."""

import http.client
import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from benchmarks.environment import ROOT
from benchmarks.waiting import BenchFailed
from native.logfile import tail
from native.ports import LOOPBACK, free_port
from native.process_handle import terminate_all
from native.program import ChildProcess, Program
from runtime.services import Stage

INHERITED = ("PATH", "HOME", "LANG", "TMPDIR")
HTTP_SECONDS = 5
READY_POLL_SECONDS = 0.005
READY_SECONDS = 60
OK = 200


class Process:
    """A running process and its log."""

    def __init__(self, name: str, command: Sequence[str], variables: Mapping[str, str], log: Path) -> None:
        inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
        self.name = name
        self.http_port = int(variables["HTTP_PORT"])
        self.log = log
        self.child = ChildProcess(
            Program(
                name=name,
                command=tuple(command),
                environment={**inherited, **variables},
                log=log,
                stage=Stage.PIPELINE,
                directory=ROOT,
            )
        )

    @property
    def pid(self) -> int:
        """Its number while it runs."""
        return self.child.handle.pid

    def check(self) -> None:
        """Raises BenchFailed with the end of its log when it has ended in error."""
        if self.child.exit_code():
            raise BenchFailed(f"{self.name} ended with {self.child.exit_code()}:\n{tail(self.log)}")

    def finished(self) -> bool:
        """Whether it has done its work. Raises as `check`."""
        self.check()
        return self.child.exit_code() == 0

    def pause(self) -> None:
        """It stands still until `resume`."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """It goes on."""
        os.kill(self.pid, signal.SIGCONT)

    def ready_after(self) -> float:
        """Wait until it answers that it is ready; gives the seconds of this wait."""
        began = time.perf_counter()
        while self._ask("/readyz")[0] != OK:
            self.check()
            if time.perf_counter() - began > READY_SECONDS:
                raise BenchFailed(f"{self.name} is not ready:\n{tail(self.log)}")
            time.sleep(READY_POLL_SECONDS)
        return time.perf_counter() - began

    def metric(self, name: str) -> float:
        """A counter of /metrics; 0 while it does not answer."""
        lines = self._ask("/metrics")[1].splitlines()
        return next((float(line.split()[1]) for line in lines if line.startswith(f"{name} ")), 0.0)

    def _ask(self, path: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection(LOOPBACK, self.http_port, timeout=HTTP_SECONDS)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except OSError:
            return 0, ""
        finally:
            connection.close()


class Processes:
    """Starts processes with the servers' addresses, each with a log of its own."""

    def __init__(self, directory: Path, variables: Mapping[str, str]) -> None:
        self.directory = directory
        self._variables = variables
        self._numbers = count(1)

    @contextmanager
    def running(
        self, name: str, command: Sequence[str], variables: Mapping[str, str], copies: int = 1
    ) -> Iterator[list[Process]]:
        """So many processes; after the block they have ended, all at once."""
        children: list[Process] = []
        try:
            for number in range(1, copies + 1):
                process = self._start(f"{name}-{number}", command, variables)
                children.append(process)
            yield children
        finally:
            terminate_all([process.child.stop_spec for process in children])
            for process in children:
                process.child.exit_code()

    def _start(self, name: str, command: Sequence[str], variables: Mapping[str, str]) -> Process:
        own = {"HTTP_PORT": str(free_port()), "PYTHONUNBUFFERED": "1"}
        log = self.directory / f"{next(self._numbers):04}-{name}.log"
        return Process(name, command, {**self._variables, **own, **variables}, log)
