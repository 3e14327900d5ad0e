"""Finding, starting and stopping the supervisor, which runs in the background."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby

from native import directory
from native.process_handle import ProcessHandle, StopSpec, terminate_all
from native.settings import ROOT, Layout
from native.state import StackState, read_state, write_state

POLL_SECONDS = 0.1
STOP_TIMEOUT_SECONDS = 180.0  # above the sum of the stages' grace periods


@contextmanager
def exclusive(layout: Layout) -> Iterator[None]:
    """Hold the lock that lets one command at a time change this stack.

    Files that are created in the meantime, also by the supervisor and its children, are private.

    Raises:
        ServiceUnavailable: When the directory belongs to another checkout.
    """
    previous_umask = os.umask(directory.PRIVATE_UMASK)
    try:
        directory.prepare(layout)
        with layout.lock_file.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
    finally:
        os.umask(previous_umask)


def running_state(layout: Layout) -> StackState | None:
    """Return the stack's state if its supervisor runs, else None."""
    state = read_state(layout.state_file)
    return state if state and state.supervisor.is_alive() else None


def start_supervisor(layout: Layout) -> ProcessHandle:
    """Start the supervisor in the background, in a session of its own.

    It has a state at once: until it wrote its own, `up` would start a second one, and `down` would stop none.
    """
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
    supervisor = ProcessHandle.of(process.pid)
    assert supervisor is not None
    layout.pid_file.write_text(f"{process.pid}\n", encoding="ascii")
    if read_state(layout.state_file) is None:
        write_state(layout.state_file, StackState.starting(supervisor))
    process.returncode = 0  # it outlives this command on purpose; Popen would warn about that
    return supervisor


def stop_supervisor(layout: Layout) -> bool:
    """Stop the supervisor, and any process that a killed supervisor left running.

    Returns False if nothing was running.
    """
    state = read_state(layout.state_file)
    if state is None:
        return False
    was_running = state.supervisor.is_alive()
    if was_running:
        terminate_all([StopSpec(state.supervisor, signal.SIGTERM, STOP_TIMEOUT_SECONDS)])
    found_orphans = _stop_orphans(read_state(layout.state_file) or state)
    layout.client_file.unlink(missing_ok=True)
    layout.pid_file.unlink(missing_ok=True)
    return was_running or found_orphans


def next_state(layout: Layout, supervisor: ProcessHandle) -> StackState | None:
    """Wait, then return the state that this supervisor has written; None if it has not written any."""
    time.sleep(POLL_SECONDS)
    state = read_state(layout.state_file)
    return state if state and state.pid == supervisor.pid else None


def _stop_orphans(state: StackState) -> bool:
    """Stop the recorded processes that still run, in reverse order of their stages."""
    reverse_order = sorted(state.services, key=lambda process: process.stage, reverse=True)
    found = False
    for _, stage in groupby(reverse_order, key=lambda process: process.stage):
        specs = [process.stop_spec() for process in stage]
        alive = [spec for spec in specs if spec and spec.handle.is_alive()]
        terminate_all(alive)
        found = found or bool(alive)
    return found
