"""Identifying processes by pid and start time, and terminating them."""

import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import psutil

POLL_INTERVAL_SECONDS = 0.05
KILL_TIMEOUT_SECONDS = 5.0
MAX_COMMAND_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class ProcessHandle:
    """A process, distinguished from a later one with the same pid by its start time.

    The start time counts in seconds since boot: unlike psutil's `create_time`, it does not change when the
    system's clock is set.
    """

    pid: int
    start_time: float

    @classmethod
    def of(cls, pid: int) -> "ProcessHandle | None":
        """Return the process that has this pid now, even if it is a zombie; None if there is none."""
        try:
            return cls(pid, _start_time(psutil.Process(pid)))
        except psutil.NoSuchProcess:
            return None

    def is_alive(self) -> bool:
        """Return whether this process still runs. A zombie does not: in a container nothing may reap it."""
        try:
            process = psutil.Process(self.pid)
            return _start_time(process) == self.start_time and process.status() not in {
                psutil.STATUS_ZOMBIE,
                psutil.STATUS_DEAD,
            }
        except psutil.NoSuchProcess:
            return False


@dataclass(frozen=True, slots=True)
class StopSpec:
    """How to stop a process: send `stop_signal`; kill its group if it still runs after `grace_seconds`."""

    handle: ProcessHandle
    stop_signal: signal.Signals = signal.SIGTERM
    grace_seconds: float = 10.0


def terminate_all(specs: Sequence[StopSpec]) -> list[ProcessHandle]:
    """Stop these processes concurrently and wait until all have ended; return those that had to be killed."""
    deadlines = {spec.handle: time.monotonic() + spec.grace_seconds for spec in specs}
    for spec in specs:
        if spec.handle.is_alive():
            with suppress(ProcessLookupError):
                os.kill(spec.handle.pid, spec.stop_signal)
    killed: list[ProcessHandle] = []
    while remaining := [handle for handle in deadlines if handle.is_alive()]:
        for handle in remaining:
            if time.monotonic() > deadlines[handle]:
                kill_group(handle.pid)
                killed.append(handle)
                deadlines[handle] = time.monotonic() + KILL_TIMEOUT_SECONDS
        time.sleep(POLL_INTERVAL_SECONDS)
    return list(dict.fromkeys(killed))


def kill_group(pid: int) -> None:
    """Send SIGKILL to every process of the group that `pid` leads."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def command_line(pid: int) -> str:
    """Return the start of a process's command line, for messages."""
    try:
        return " ".join(psutil.Process(pid).cmdline())[:MAX_COMMAND_CHARACTERS] or "unknown"
    except psutil.Error:
        return "unknown"


def _start_time(process: psutil.Process) -> float:
    return round(float(process.create_time() - psutil.boot_time()), 2)
