"""The outcomes of an attempt."""

from enum import StrEnum

from worker.context import Interruption


class Outcome(StrEnum):
    """How an attempt ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    RELEASED = "released"  # by a shutdown: any worker continues
    LOST = "lost"  # another attempt has the lease


# What becomes of a job that stops, and is given back.
RELEASED = {
    Interruption.PAUSE: Outcome.PAUSED,
    Interruption.CANCEL: Outcome.CANCELLED,
    Interruption.SHUTDOWN: Outcome.RELEASED,
}
