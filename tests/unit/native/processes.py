"""Helpers of the native stack's tests: a process that sleeps, and records of processes."""

import signal
import sys
from pathlib import Path

from native.process_handle import ProcessHandle
from native.program import Program
from native.state import Phase, ProcessStatus, StackState, now
from runtime.process_state import ProcessState
from runtime.services import Stage

SLEEP = (sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)")


def handle_for(pid: int) -> ProcessHandle:
    handle = ProcessHandle.of(pid)
    assert handle is not None
    return handle


def process_status(handle: ProcessHandle | None) -> ProcessStatus:
    return ProcessStatus(
        name="example",
        state=ProcessState.RUNNING,
        pid=handle and handle.pid,
        start_time=handle and handle.start_time,
        port=None,
        restarts=0,
        last_exit_code=None,
        changed_at=now(),
        log=Path("/dev/null"),
        stage=Stage.SENSOR,
        stop_signal=signal.SIGTERM,
        grace_seconds=5,
    )


def stack_state(supervisor: ProcessHandle, processes: list[ProcessStatus]) -> StackState:
    return StackState(
        phase=Phase.RUNNING,
        detail="",
        pid=supervisor.pid,
        start_time=supervisor.start_time,
        changed_at=now(),
        services=processes,
    )


def program(directory: Path, command: tuple[str, ...] = SLEEP) -> Program:
    return Program(
        name="example", command=command, environment={}, log=directory / "example.log", stage=Stage.SENSOR
    )
