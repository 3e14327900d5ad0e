"""What the supervisor reports: the file that `python -m native status` and sensorctl read."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from signal import Signals

from pydantic import BaseModel, ValidationError

from native.process_handle import ProcessHandle, StopSpec
from native.secret import write_private


class Phase(StrEnum):
    """Where the stack as a whole is."""

    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"


class Condition(StrEnum):
    """Where one program is."""

    RUNNING = "running"
    WAITING = "waiting to restart"
    GIVEN_UP = "given up"
    FINISHED = "finished"
    STOPPED = "stopped"


class ProgramState(BaseModel):
    """One program; `restarts` counts since the stack started, `since` is when `state` began."""

    name: str
    state: Condition
    pid: int | None
    started: int | None
    port: int | None
    restarts: int
    last_exit: int | None
    since: datetime
    log: Path
    stage: int
    stop_signal: int
    stop_seconds: float

    def ending(self) -> StopSpec | None:
        """How to end the process that this record means, if it means one."""
        if self.pid is None or self.started is None:
            return None
        return StopSpec(ProcessHandle(self.pid, self.started), Signals(self.stop_signal), self.stop_seconds)


class StackState(BaseModel):
    """The whole stack; `detail` says what it is doing or why it failed."""

    phase: Phase
    detail: str
    pid: int
    started: int
    since: datetime
    services: list[ProgramState] = []

    def supervisor_alive(self) -> bool:
        """Whether the supervisor that wrote this still runs."""
        return ProcessHandle(self.pid, self.started).alive()


def now() -> datetime:
    """This moment, with its zone."""
    return datetime.now(UTC)


def write_state(path: Path, state: StackState) -> None:
    """Replace the file at once."""
    write_private(path, state.model_dump_json(indent=2) + "\n")


def read_state(path: Path) -> StackState | None:
    """What was last reported; None when there is nothing, or nothing that can be understood."""
    try:
        return StackState.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
