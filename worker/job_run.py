"""A job as its own process runs it: the context of its kind, and how its end is recorded."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar
from uuid import UUID

import structlog

from db.workflows.worker_store import ClaimedJob
from jobs.states import Instruction
from runtime.errors import InvalidInput, ServiceUnavailable
from runtime.retry import retry
from worker.context import (
    Covered,
    Interruption,
    JobFailed,
    JobInterrupted,
    JobKind,
    JobNeedsAnswer,
    JobResult,
)
from worker.crashes import explain_crash
from worker.outcome import RELEASED, Outcome
from worker.parent_link import URGENT
from worker.settings import JobSettings
from worker.store import JobStore

PROGRESS_SECONDS = 1.0
# How long a job that was interrupted tries to record it; soon afterwards its worker kills it.
RELEASE_SECONDS = 2.0
Returned = TypeVar("Returned")


class Link(Protocol):
    """The connection to the worker."""

    @property
    def interruption(self) -> Interruption | None:
        """Why the job has to stop; None if it does not."""

    def progress(self) -> None:
        """Report progress."""

    def wait(self, seconds: float) -> None:
        """Wait, at most until the first interruption."""


class JobRun:
    """The context of a job (worker.context.JobContext), over the database and the link to the worker."""

    def __init__(self, job: ClaimedJob, store: JobStore, link: Link, settings: JobSettings) -> None:
        self._store, self._link = store, link
        self._message: str | None = None
        self.log = structlog.get_logger().bind(job=str(job.job_id), kind=job.kind, attempt=job.attempt)
        self.settings = settings
        self.job_id: UUID = job.job_id
        self.workflow_id: UUID = job.workflow_id
        self.kind: str = job.kind
        self.spec: Mapping[str, Any] = job.spec
        self.attempt: int = job.attempt
        self.checkpoint: Mapping[str, Any] | None = job.checkpoint
        self.done: int = job.done

    def progress(self, message: str | None = None) -> None:
        """Report progress; the next checkpoint has the message.

        Raises:
            JobInterrupted: When the job has to stop.
        """
        self._message = message or self._message
        self._link.progress()
        if self._link.interruption:
            raise JobInterrupted(self._link.interruption)

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
        """Save a checkpoint; wait while the database is down.

        Raises:
            JobInterrupted: When the job has to stop.
        """
        instruction = self._with_retries(
            self.sleep,
            lambda: self._store.save(
                self.job_id,
                self.attempt,
                checkpoint,
                done=done,
                total=total,
                counts=counts,
                message=message or self._message,
                covered=covered,
            ),
        )
        if instruction is not Instruction.RUN:
            raise JobInterrupted(Interruption(instruction or Interruption.LEASE_LOST))
        self.checkpoint, self.done = checkpoint, done
        self.progress()

    def sleep(self, seconds: float) -> None:
        """Wait, and report progress meanwhile.

        Raises:
            JobInterrupted: When the job has to stop.
        """
        deadline = time.monotonic() + seconds
        self.progress()
        while (remaining := deadline - time.monotonic()) > 0:
            self._link.wait(min(remaining, PROGRESS_SECONDS))
            self.progress()

    def run(self, kind: JobKind) -> JobResult:
        """Run the job; again from its last checkpoint after a service that it requires was down.

        Raises:
            JobFailed: When the job cannot do its work.
            JobNeedsAnswer: When it is not clear what to do.
            JobInterrupted: When the job has to stop.
        """
        return self._with_retries(self.sleep, lambda: kind(self))

    def finish(self, result: JobResult) -> Outcome:
        """Record that the job succeeded, however long the database is down."""
        has_lease = self._with_retries(
            self._sleep_until_urgent,
            lambda: self._store.finish(
                self.job_id,
                self.attempt,
                counts=result.counts,
                message=result.message or self._message,
                covered=result.covered,
            ),
        )
        self.log.debug("job finished", message=result.message)
        return Outcome.SUCCEEDED if has_lease else Outcome.LOST

    def fail(self, failure: JobFailed) -> Outcome:
        """Record that the attempt failed, however long the database is down."""
        self.log.warning("job failed", reason=str(failure), retry=failure.retry)
        has_lease = self._with_retries(
            self._sleep_until_urgent,
            lambda: self._store.fail(
                self.job_id,
                self.attempt,
                str(failure),
                may_retry=failure.retry,
                retry_after=failure.retry_after,
            ),
        )
        return Outcome.FAILED if has_lease else Outcome.LOST

    def ask(self, needed: JobNeedsAnswer) -> Outcome:
        """Record that the job needs an answer, however long the database is down."""
        self.log.info("job needs an answer", question=str(needed))
        has_lease = self._with_retries(
            self._sleep_until_urgent,
            lambda: self._store.ask(self.job_id, self.attempt, needed.question),
        )
        return Outcome.PAUSED if has_lease else Outcome.LOST

    def release(self, reason: Interruption) -> Outcome:
        """Give the job back, unless another worker has it.

        Raises:
            StoreUnavailable: When the database stays down; the worker tries it again.
        """
        self.log.info("job interrupted", reason=reason.value)
        if reason is Interruption.LEASE_LOST:
            return Outcome.LOST
        has_lease = self._with_retries(
            time.sleep,
            lambda: self._store.release(self.job_id, self.attempt, reason.value),
            max_elapsed_seconds=RELEASE_SECONDS,
        )
        return RELEASED[reason] if has_lease else Outcome.LOST

    def _sleep_until_urgent(self, seconds: float) -> None:
        """Wait before the end is recorded, for which a pause or a cancel comes too late.

        Raises:
            JobInterrupted: At the shutdown, or when the lease is lost.
        """
        deadline = time.monotonic() + seconds
        while (remaining := deadline - time.monotonic()) > 0:
            self._link.progress()
            if self._link.interruption in URGENT:
                raise JobInterrupted(self._link.interruption)
            time.sleep(min(remaining, PROGRESS_SECONDS))

    def _with_retries(
        self,
        sleep: Callable[[float], None],
        statement: Callable[[], Returned],
        max_elapsed_seconds: float = 0,
    ) -> Returned:
        attempts = retry(
            sleep=sleep, on_failure=self._log_unavailable, max_elapsed_seconds=max_elapsed_seconds
        )
        return attempts(statement)

    def _log_unavailable(self, error: ServiceUnavailable, retry_seconds: float) -> None:
        self.log.warning("dependency unavailable", reason=str(error), retry_seconds=round(retry_seconds, 1))


def run_job(kind: JobKind, run: JobRun) -> Outcome:
    """Run an attempt of a job to its end, and record how it ended.

    Raises:
        StoreUnavailable: When it could not be recorded.
    """
    try:
        return run.finish(run.run(kind))
    except JobInterrupted as interruption:
        return run.release(interruption.reason)
    except JobFailed as failure:
        return _fail(run, failure)
    except JobNeedsAnswer as needed:
        return _ask(run, needed)
    except InvalidInput as error:  # such as a source that was removed while it was read
        return _fail(run, JobFailed(error.message, retry=False))
    except Exception as error:  # noqa: BLE001 (it is recorded, and logged)
        return _fail(run, explain_crash(error, run.log))


def _ask(run: JobRun, needed: JobNeedsAnswer) -> Outcome:
    try:
        return run.ask(needed)
    except JobInterrupted as interruption:
        return run.release(interruption.reason)


def _fail(run: JobRun, failure: JobFailed) -> Outcome:
    try:
        return run.fail(failure)
    except JobInterrupted as interruption:
        return run.release(interruption.reason)
