"""Finding, starting and ending the background supervisor from a command."""

import fcntl
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby

from native.process_handle import ProcessHandle, StopSpec, end
from native.settings import ROOT, Layout
from native.state import StackState, read_state

STOP_SECONDS = 180.0  # above the sum of what the stages are given


@contextmanager
def one_at_a_time(layout: Layout) -> Iterator[None]:
    """Wait until no other command changes this stack."""
    layout.logs.mkdir(parents=True, exist_ok=True)
    with layout.lock_file.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def running_state(layout: Layout) -> StackState | None:
    """The stack's state if its supervisor runs, else None."""
    state = read_state(layout.state_file)
    return state if state and state.supervisor_alive() else None


def start_supervisor(layout: Layout) -> ProcessHandle:
    """Start the supervisor in the background, in a session of its own."""
    layout.state_file.unlink(missing_ok=True)
    with layout.supervisor_log.open("ab") as log:
        process = subprocess.Popen(
            (sys.executable, "-m", "native", "supervise"),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    identity = ProcessHandle.of(process.pid)
    assert identity is not None
    layout.pid_file.write_text(f"{process.pid}\n", encoding="ascii")
    process.returncode = 0  # it outlives this command on purpose, which Popen would warn of
    return identity


def stop_supervisor(layout: Layout) -> bool:
    """End the supervisor in order, and whatever one that was killed left behind. False: nothing ran."""
    state = read_state(layout.state_file)
    if state is None:
        return False
    found = state.supervisor_alive()
    if found:
        end([StopSpec(ProcessHandle(state.pid, state.started), signal.SIGTERM, STOP_SECONDS)])
    left = _leftovers(read_state(layout.state_file) or state)
    layout.client_file.unlink(missing_ok=True)
    layout.pid_file.unlink(missing_ok=True)
    return found or left


def await_change(layout: Layout, supervisor: ProcessHandle, seconds: float = 0.1) -> StackState | None:
    """What the supervisor says after a moment; None until it said something."""
    time.sleep(seconds)
    state = read_state(layout.state_file)
    return state if state and state.pid == supervisor.pid else None


def _leftovers(state: StackState) -> bool:
    """End the recorded processes that still run, the latest stage first."""
    backwards = sorted(state.services, key=lambda one: one.stage, reverse=True)
    found = False
    for _, stage in groupby(backwards, key=lambda one: one.stage):
        alive = _alive([service.ending() for service in stage])
        end(alive)
        found = found or bool(alive)
    return found


def _alive(endings: Sequence[StopSpec | None]) -> list[StopSpec]:
    return [ending for ending in endings if ending and ending.identity.alive()]
