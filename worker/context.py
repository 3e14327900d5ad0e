"""What a job is given, and how it ends: the interface between the worker and the kinds of jobs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from worker.settings import JobSettings


class Covered(NamedTuple):
    """A half-open period of a source, [start, end), of which every value has been published and confirmed.

    It is recorded in the transaction of the checkpoint. `cursor` moves the source's cursor; None leaves it.
    """

    source: str
    start: datetime
    end: datetime
    cursor: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobResult:
    """The end of a job that has done its work; `counts` adds to nothing, it replaces what was saved."""

    counts: Mapping[str, Any] = field(default_factory=dict)
    message: str | None = None
    covered: Covered | None = None


class JobFailed(Exception):
    """The job could not do its work; the message says why and what to do.

    With `retry`, it is tried again from its checkpoint while it has attempts left, `retry_after` seconds
    later (None: the default delay, which grows with each failure). Any other exception of a job is a failure
    that is retried, too.
    """

    def __init__(self, message: str, *, retry: bool = True, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry = retry
        self.retry_after = retry_after


class JobNeedsAnswer(Exception):
    """The job cannot go on without an answer.

    `question` has a `question` for people and its `options`, each with a `label`, the `options` that it adds
    to those of the job's spec, and `readings`: the first, as they would be. The job is paused, and runs again
    with the answer.
    """

    def __init__(self, question: Mapping[str, Any]) -> None:
        super().__init__(str(question["question"]))
        self.question = question


class Interruption(StrEnum):
    """Why a job has to stop before its end."""

    PAUSE = "pause"
    CANCEL = "cancel"
    SHUTDOWN = "shutdown"
    LEASE_LOST = "lease-lost"


class JobInterrupted(Exception):
    """The job has to stop now. It cleans up and lets this pass; its last checkpoint is kept."""

    def __init__(self, reason: Interruption) -> None:
        super().__init__(f"the job was interrupted: {reason}")
        self.reason = reason


class JobContext(Protocol):
    """A job as its kind sees it. It is used by the main thread of the job's process only.

    A job that neither reports progress nor saves a checkpoint for 30 seconds loses its lease.
    """

    @property
    def job_id(self) -> UUID:
        """The job's ID."""

    @property
    def workflow_id(self) -> UUID:
        """The ID of its workflow, which marks the readings that it publishes."""

    @property
    def kind(self) -> str:
        """The kind of the job."""

    @property
    def spec(self) -> Mapping[str, Any]:
        """What the job is to do, as its kind defines it."""

    @property
    def attempt(self) -> int:
        """The number of this attempt, from 1."""

    @property
    def checkpoint(self) -> Mapping[str, Any] | None:
        """The last checkpoint of an earlier attempt; None if there is none."""

    @property
    def done(self) -> int:
        """How much of the work was done at that checkpoint."""

    @property
    def settings(self) -> JobSettings:
        """The settings of the service that runs it: broker and database."""

    def progress(self, message: str | None = None) -> None:
        """Report that the job makes progress; cheap enough for every value.

        Raises:
            JobInterrupted: When the job has to stop.
        """

    def save(
        self,
        checkpoint: Mapping[str, Any] | None,
        *,
        done: int,
        total: int | None = None,
        counts: Mapping[str, Any] | None = None,
        message: str | None = None,
        covered: Covered | None = None,
    ) -> None:
        """Save a checkpoint, from which another attempt continues; wait while the database is down.

        Raises:
            JobInterrupted: When the job has to stop. The checkpoint is saved, unless the lease is lost or the
                database is down.
        """

    def sleep(self, seconds: float) -> None:
        """Wait, and report progress meanwhile.

        Raises:
            JobInterrupted: When the job has to stop.
        """


class JobKind(Protocol):
    """Does the work of one kind of job."""

    def __call__(self, context: JobContext, /) -> JobResult:
        """Do the job's work, from its checkpoint on.

        Raises:
            JobFailed: When the work cannot be done.
            JobNeedsAnswer: When it is not clear what to do.
            JobInterrupted: When the job has to stop; it comes from the context.
        """
