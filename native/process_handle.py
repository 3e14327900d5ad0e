"""Which process a recorded pid means, and how processes are ended."""

import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

POLL_SECONDS = 0.05
KILL_SECONDS = 5.0
_STATE, _STARTED = 0, 19  # their places in /proc/PID/stat after the command name; see proc(5)


@dataclass(frozen=True, slots=True)
class ProcessHandle:
    """A process, told apart from a later one of the same pid by when it started (clock ticks since boot)."""

    pid: int
    started: int

    @classmethod
    def of(cls, pid: int) -> "ProcessHandle | None":
        """The process that has this pid now, also one that has ended and was not waited for."""
        fields = _stat(pid)
        return cls(pid, int(fields[_STARTED])) if fields else None

    def alive(self) -> bool:
        """Whether this very process still runs. A zombie does not: in a container nobody may reap it."""
        fields = _stat(self.pid)
        return fields is not None and int(fields[_STARTED]) == self.started and fields[_STATE] not in "ZX"


@dataclass(frozen=True, slots=True)
class StopSpec:
    """How a process is ended: asked with `ask`, killed with its group when it takes longer than `seconds`."""

    identity: ProcessHandle
    ask: signal.Signals = signal.SIGTERM
    seconds: float = 10.0


def end(endings: Sequence[StopSpec]) -> list[ProcessHandle]:
    """End these processes at the same time; returns when none is left, with those that had to be killed."""
    deadlines = {ending.identity: time.monotonic() + ending.seconds for ending in endings}
    for ending in endings:
        if ending.identity.alive():
            with suppress(ProcessLookupError):
                os.kill(ending.identity.pid, ending.ask)
    killed: list[ProcessHandle] = []
    while waiting := [identity for identity in deadlines if identity.alive()]:
        for identity in waiting:
            if time.monotonic() > deadlines[identity]:
                kill_group(identity.pid)
                killed.append(identity)
                deadlines[identity] = time.monotonic() + KILL_SECONDS
        time.sleep(POLL_SECONDS)
    return list(dict.fromkeys(killed))


def kill_group(pid: int) -> None:
    """Kill every process of the group that `pid` leads."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def command_of(pid: int) -> str:
    """The command line of a process, for people."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return "unknown"
    return b" ".join(words).decode(errors="replace").strip()[:80] or "unknown"


def _stat(pid: int) -> list[str] | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return text.rpartition(")")[2].split()
