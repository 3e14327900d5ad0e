"""The states of workflows and jobs, and the instructions of workers."""

from enum import StrEnum


class State(StrEnum):
    """The state of a job or of a workflow; PENDING is of jobs only."""

    PENDING = "pending"
    """It waits for a place under the workflow's `max_running`."""
    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLING = "cancelling"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def has_ended(self) -> bool:
        """Whether it changes only by a retry."""
        return self in ENDED


ENDED = frozenset({State.SUCCEEDED, State.FAILED, State.CANCELLED})


class Instruction(StrEnum):
    """What the worker of a job is to do, as each renewal of its lease answers."""

    RUN = "run"
    PAUSE = "pause"
    CANCEL = "cancel"
