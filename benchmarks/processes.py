"""The measured processes: this project's services and its peers, started as their users start them."""

import http.client
import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psutil

from benchmarks.environment import ROOT
from benchmarks.waiting import BenchmarkFailed
from native.logfile import tail
from native.ports import LOOPBACK, free_port
from native.process_handle import terminate_all
from native.program import ChildProcess, Program
from runtime.services import Stage

INHERITED = ("PATH", "HOME", "LANG", "TMPDIR")
HTTP_TIMEOUT_SECONDS = 5
READY_POLL_SECONDS = 0.005
READY_TIMEOUT_SECONDS = 60
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
        """Its process ID."""
        return self.child.handle.pid

    def raise_if_failed(self) -> None:
        """Check that it has not failed.

        Raises:
            BenchmarkFailed: With the end of its log, when it exited with an error.
        """
        if self.child.exit_code():
            raise BenchmarkFailed(f"{self.name} ended with {self.child.exit_code()}:\n{tail(self.log)}")

    def has_finished(self) -> bool:
        """Return whether it has exited successfully."""
        self.raise_if_failed()
        return self.child.exit_code() == 0

    def pause(self) -> None:
        """Suspend it with SIGSTOP."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Continue it with SIGCONT."""
        os.kill(self.pid, signal.SIGCONT)

    def pin(self, processor: int) -> None:
        """Run all its threads on this processor only."""
        for thread in psutil.Process(self.pid).threads():
            os.sched_setaffinity(thread.id, {processor})

    def await_ready(self) -> float:
        """Wait until /readyz reports that it is ready; return the seconds waited.

        Raises:
            BenchmarkFailed: When it is not ready in time.
        """
        started_at = time.perf_counter()
        while self._get("/readyz")[0] != OK:
            self.raise_if_failed()
            if time.perf_counter() - started_at > READY_TIMEOUT_SECONDS:
                raise BenchmarkFailed(f"{self.name} is not ready:\n{tail(self.log)}")
            time.sleep(READY_POLL_SECONDS)
        return time.perf_counter() - started_at

    def metric(self, name: str) -> float:
        """Return the value of a metric without labels; 0 while /metrics does not answer."""
        lines = self._get("/metrics")[1].splitlines()
        return next((float(line.split()[1]) for line in lines if line.startswith(f"{name} ")), 0.0)

    def _get(self, path: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection(LOOPBACK, self.http_port, timeout=HTTP_TIMEOUT_SECONDS)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        except OSError:
            return 0, ""
        finally:
            connection.close()


class Processes:
    """Starts processes with the variables of the environment, each with its own log."""

    def __init__(self, directory: Path, variables: Mapping[str, str]) -> None:
        self.directory = directory
        self._variables = variables
        self._numbers = count(1)

    @contextmanager
    def running(
        self, name: str, command: Sequence[str], variables: Mapping[str, str], replicas: int = 1
    ) -> Iterator[list[Process]]:
        """Run `replicas` processes during the block; stop them concurrently."""
        children: list[Process] = []
        try:
            for number in range(1, replicas + 1):
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
