"""The supervisor's state file, which `python -m native status` and sensorctl read."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from signal import Signals

from pydantic import BaseModel, ValidationError

from native.process_handle import ProcessHandle, StopSpec
from native.secret import write_private
from runtime.process_state import ProcessState


class Phase(StrEnum):
    """The state of the stack as a whole."""

    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"


class ProcessStatus(BaseModel):
    """One process; `restarts` counts since the stack started, `changed_at` is when `state` last changed.

    What it logged since its last start begins at the byte `log_start`.
    """

    name: str
    state: ProcessState
    pid: int | None
    start_time: float | None
    port: int | None
    restarts: int
    last_exit_code: int | None
    changed_at: datetime
    log: Path
    log_start: int = 0
    stage: int
    stop_signal: int
    grace_seconds: float

    def stop_spec(self) -> StopSpec | None:
        """Return how to stop the recorded process; None if no process is recorded."""
        if self.pid is None or self.start_time is None:
            return None
        return StopSpec(
            ProcessHandle(self.pid, self.start_time), Signals(self.stop_signal), self.grace_seconds
        )


class StackState(BaseModel):
    """The whole stack; `detail` is the current step while it starts, or why it failed."""

    phase: Phase
    detail: str
    pid: int
    start_time: float
    changed_at: datetime
    services: list[ProcessStatus] = []

    @classmethod
    def starting(cls, supervisor: ProcessHandle) -> "StackState":
        """Return the state of a stack whose supervisor has started nothing yet."""
        return cls(
            phase=Phase.STARTING,
            detail="",
            pid=supervisor.pid,
            start_time=supervisor.start_time,
            changed_at=now(),
        )

    @property
    def supervisor(self) -> ProcessHandle:
        """The supervisor that wrote this state."""
        return ProcessHandle(self.pid, self.start_time)


def now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


def write_state(path: Path, state: StackState) -> None:
    """Replace the state file atomically."""
    write_private(path, state.model_dump_json(indent=2) + "\n")


def read_state(path: Path) -> StackState | None:
    """Return the state that was last written; None when there is no valid state file."""
    try:
        return StackState.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
