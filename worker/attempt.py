"""An attempt of a job, as its worker follows it: its lease, its progress and its end."""

from typing import Any, NamedTuple, Protocol

from db.workflows.worker_store import ClaimedJob
from jobs.states import Instruction
from worker.context import Interruption
from worker.outcome import RELEASED, Outcome
from worker.store import LeaseStore

KILL_AFTER_SECONDS = 1.0
RENEWALS_PER_LEASE = 6


class Process(Protocol):
    """The process of a job (worker.job_process implements it)."""

    outcome: Outcome | None
    """What the database has as the outcome; None: nothing yet."""

    def waitables(self) -> list[Any]:
        """Return what becomes ready when it reports or ends."""

    def receive(self) -> bool:
        """Receive the reports that have arrived; return whether there were any."""

    def interrupt(self, reason: Interruption) -> None:
        """Request that the job stops."""

    def has_ended(self) -> bool:
        """Return whether the process has ended."""

    def describe_exit(self) -> str:
        """Describe how the process ended."""

    def terminate(self) -> None:
        """Send SIGTERM."""

    def kill(self) -> None:
        """Send SIGKILL."""

    def close(self) -> None:
        """Release what belongs to a process that has ended."""


class Limits(NamedTuple):
    """Times in seconds: of a lease, without progress, and to stop after an interruption."""

    lease: float
    progress: float
    grace: float


class Attempt:
    """Follows a process, and ends it if it does not stop in time. `advance` and `settle` are called often."""

    def __init__(self, job: ClaimedJob, process: Process, limits: Limits, now: float) -> None:
        self.job, self.process = job, process
        self.started_at = now
        self.interruption: Interruption | None = None
        self.is_stalled = False
        self._limits = limits
        self._progress_at = now
        self._renew_at = now + limits.lease / RENEWALS_PER_LEASE
        self._terminate_at = self._kill_at = float("inf")

    def advance(self, now: float) -> None:
        """Receive reports, and end the process when its time is over. It does not use the database."""
        if self.process.receive():
            self._progress_at = now
        if self.process.has_ended():
            return
        if now - self._progress_at > self._limits.progress and not self.is_stalled:
            self.is_stalled = True
            self.interrupt(self.interruption or Interruption.LEASE_LOST, now)
        if now >= self._kill_at:
            self.process.kill()
        elif now >= self._terminate_at:
            self._terminate_at = float("inf")
            self.process.terminate()

    def interrupt(self, reason: Interruption, now: float) -> None:
        """Request that the job stops, and give it some seconds for that."""
        if self.interruption is not reason:
            self.interruption = reason
            self.process.interrupt(reason)
        if self._kill_at == float("inf"):
            self._terminate_at = now + self._limits.grace
            self._kill_at = self._terminate_at + KILL_AFTER_SECONDS

    def renew_if_due(self, store: LeaseStore, now: float) -> None:
        """Renew the lease of a job that makes progress; pass on whether it has to stop.

        Raises:
            StoreUnavailable: When the database does not answer.
        """
        if now < self._renew_at or self.is_stalled or self.process.has_ended():
            return
        instruction = store.renew(self.job.job_id, self.job.attempt, self._limits.lease)
        self._renew_at = now + self._limits.lease / RENEWALS_PER_LEASE
        if instruction is None:
            self.interrupt(Interruption.LEASE_LOST, now)
        elif instruction is not Instruction.RUN and self.interruption is None:
            self.interrupt(Interruption(instruction), now)

    def settle(self, store: LeaseStore) -> Outcome | None:
        """Record how the process ended, unless it has done so itself; None if it has not ended.

        Raises:
            StoreUnavailable: When the database does not answer; it can be repeated.
        """
        if not self.process.has_ended():
            return None
        self.process.receive()
        outcome = self.process.outcome
        if outcome is None or (outcome is Outcome.LOST and self.is_stalled):
            return self._record(store)
        return outcome

    def _record(self, store: LeaseStore) -> Outcome:
        job_id, attempt = self.job.job_id, self.job.attempt
        match self.interruption:
            case Interruption.PAUSE | Interruption.CANCEL | Interruption.SHUTDOWN as reason:
                has_lease = store.release(job_id, attempt, reason.value)
                return RELEASED[reason] if has_lease else Outcome.LOST
            case Interruption.LEASE_LOST if not self.is_stalled:
                return Outcome.LOST
        has_lease = store.fail(job_id, attempt, self._describe_death(), may_retry=True)
        return Outcome.FAILED if has_lease else Outcome.LOST

    def _describe_death(self) -> str:
        if self.is_stalled:
            return f"it made no progress for {self._limits.progress:g} seconds, and was killed"
        return f"its process {self.process.describe_exit()}"
