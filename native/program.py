"""A program as it is started, and the child process that comes of it."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

from native.logfile import tail
from native.process_handle import POLL_SECONDS, ProcessHandle, StopSpec, end, kill_group
from runtime.errors import ServiceUnavailable

FOREVER = 2**31


class Stage(IntEnum):
    """The order of starting; stopping goes backwards."""

    DATABASE = 1
    NAMES = 2  # epmd, which the broker registers with
    BROKER = 3
    PIPELINE = 4
    SENSOR = 5
    DASHBOARD = 6
    ALERTER = 7  # last, so that what is stopped on purpose is no news to it


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """When a program that ended is started again.

    The delay doubles with each consecutive retry, up to `longest_seconds`; a run of `healthy_seconds`
    starts the count anew. `may_finish`: exit code 0 means that its work is done.
    """

    delay_seconds: float = 1.0
    maximum_retries: int = FOREVER
    longest_seconds: float = 30.0
    healthy_seconds: float = 60.0
    may_finish: bool = False

    def delay(self, retries: int) -> float:
        """Seconds to wait after `retries` consecutive retries."""
        return min(self.longest_seconds, self.delay_seconds * 2.0 ** min(retries, 30))


@dataclass(frozen=True, slots=True)
class Program:
    """What to start, where its output goes, and how it is ended."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    stage: Stage
    directory: Path = Path("/")
    port: int | None = None
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 15.0


class Child:
    """A started program. It leads a process group of its own, so that what it starts ends with it."""

    def __init__(self, program: Program) -> None:
        self.program = program
        with program.log.open("ab") as log:
            self._process = subprocess.Popen(
                program.command,
                env=dict(program.environment),
                cwd=program.directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        identity = ProcessHandle.of(self._process.pid)
        assert identity is not None, "a child that was not waited for has its entry in /proc"
        self.identity = identity

    @property
    def ending(self) -> StopSpec:
        """How this child is ended."""
        return StopSpec(self.identity, self.program.stop_signal, self.program.stop_seconds)

    def exit_code(self) -> int | None:
        """None while it runs; minus the signal's number when a signal ended it."""
        if self._process.returncode is None and self._has_ended():
            kill_group(self.identity.pid)  # before it is reaped: until then the group's number is ours
        return self._process.poll()

    def stop(self) -> int:
        """End it; returns its exit code."""
        end([self.ending])
        self.exit_code()
        return self._process.wait()

    def _has_ended(self) -> bool:
        flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.identity.pid, flags) is not None


@contextmanager
def running(*programs: Program, ready: Callable[[], bool], seconds: float) -> Iterator[None]:
    """Run the programs while the block runs, in their order; stop them in the opposite one.

    Raises ServiceUnavailable when they are not `ready` after `seconds`, or one ends before.
    """
    with ExitStack() as stack:
        children = []
        for program in programs:
            children.append(Child(program))
            stack.callback(children[-1].stop)
        _await(ready, children, seconds)
        yield


def _await(ready: Callable[[], bool], children: list[Child], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        ended = next((child for child in children if child.exit_code() is not None), None)
        if ended or time.monotonic() > deadline:
            culprit = (ended or children[-1]).program
            what = "ended" if ended else f"was not ready after {seconds:.0f} s"
            raise ServiceUnavailable(f"{culprit.name} {what}:\n{tail(culprit.log)}")
        time.sleep(POLL_SECONDS)
