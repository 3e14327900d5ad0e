"""A program to run, and the child process that runs it."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from native.logfile import tail
from native.process_handle import (
    POLL_INTERVAL_SECONDS,
    ProcessHandle,
    StopSpec,
    kill_group,
    terminate_all,
)
from runtime.errors import ServiceUnavailable
from runtime.services import RestartPolicy, Stage


@dataclass(frozen=True, slots=True)
class Program:
    """What to start, where its output goes, and how it is stopped and restarted."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    stage: Stage
    directory: Path = Path("/")
    port: int | None = None
    restart: RestartPolicy = field(default_factory=RestartPolicy)
    stop_signal: signal.Signals = signal.SIGTERM
    grace_seconds: float = 15.0


class ChildProcess:
    """A started program. It leads its own process group, so that its children are stopped with it."""

    def __init__(self, program: Program) -> None:
        self.program = program
        with program.log.open("ab") as log:
            self.log_start = os.fstat(log.fileno()).st_size
            self._process = subprocess.Popen(
                program.command,
                env=dict(program.environment),
                cwd=program.directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        handle = ProcessHandle.of(self._process.pid)
        assert handle is not None, "a child has its entry in /proc until it is waited for"
        self.handle = handle

    @property
    def stop_spec(self) -> StopSpec:
        """How to stop this process."""
        return StopSpec(self.handle, self.program.stop_signal, self.program.grace_seconds)

    def exit_code(self) -> int | None:
        """Return None while it runs; minus the signal's number if a signal ended it."""
        if self._process.returncode is None and self._has_exited():
            kill_group(self.handle.pid)  # before it is reaped: until then no other group can have this number
        return self._process.poll()

    def log_tail(self) -> str:
        """Return the last lines that it logged."""
        return tail(self.program.log, start=self.log_start)

    def stop(self) -> int:
        """Stop it and return its exit code."""
        terminate_all([self.stop_spec])
        self.exit_code()
        return self._process.wait()

    def _has_exited(self) -> bool:
        flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.handle.pid, flags) is not None


@contextmanager
def running(*programs: Program, ready: Callable[[], bool], timeout_seconds: float) -> Iterator[None]:
    """Run the programs during the block: start them in order, stop them in reverse order.

    Raises:
        ServiceUnavailable: When they are not `ready` after `timeout_seconds`, or one exits before.
    """
    with ExitStack() as stack:
        children = []
        for program in programs:
            children.append(ChildProcess(program))
            stack.callback(children[-1].stop)
        _await(ready, children, timeout_seconds)
        yield


def _await(ready: Callable[[], bool], children: list[ChildProcess], timeout_seconds: float) -> None:
    deadline = time.monotonic() + timeout_seconds
    while not ready():
        exited = next((child for child in children if child.exit_code() is not None), None)
        if exited or time.monotonic() > deadline:
            child = exited or children[-1]
            problem = "exited" if exited else f"was not ready after {timeout_seconds:.0f} s"
            raise ServiceUnavailable(f"{child.program.name} {problem}:\n{child.log_tail()}")
        time.sleep(POLL_INTERVAL_SECONDS)
