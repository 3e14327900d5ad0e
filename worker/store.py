"""What the worker and its jobs require of the database (db.workflows.worker_store implements it)."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from db.workflows.worker_store import ClaimedJob
from jobs.states import Instruction
from worker.context import Covered


class LeaseStore(Protocol):
    """The statements of the worker itself; each raises StoreUnavailable if the database does not answer."""

    def report(self, worker: str, kinds: Sequence[str], version: str) -> None:
        """Record that a worker is running."""

    def claim(self, worker: str, kinds: Sequence[str], lease_seconds: float) -> ClaimedJob | None:
        """Take the next job of these kinds, with a new attempt; None if there is none."""

    def renew(self, job_id: UUID, attempt: int, lease_seconds: float) -> Instruction | None:
        """Renew the lease; return what the job is to do, None if the lease is lost."""

    def fail(
        self, job_id: UUID, attempt: int, error: str, *, may_retry: bool, retry_after: float | None = None
    ) -> bool:
        """Record that the attempt failed; return False if the lease is lost."""

    def release(self, job_id: UUID, attempt: int, reason: str) -> bool:
        """Give the job back for a `pause`, a `cancel` or a `shutdown`; return False if the lease is lost."""


class JobStore(LeaseStore, Protocol):
    """The statements of a job in its own process."""

    def save(
        self,
        job_id: UUID,
        attempt: int,
        checkpoint: Mapping[str, Any] | None,
        *,
        done: int,
        total: int | None,
        counts: Mapping[str, Any] | None,
        message: str | None,
        covered: Covered | None,
    ) -> Instruction | None:
        """Save a checkpoint, and renew the lease; return what `renew` returns."""

    def ask(self, job_id: UUID, attempt: int, question: Mapping[str, Any]) -> bool:
        """Record that the job needs an answer; return False if the lease is lost."""

    def finish(
        self,
        job_id: UUID,
        attempt: int,
        *,
        counts: Mapping[str, Any] | None,
        message: str | None,
        covered: Covered | None,
    ) -> bool:
        """Record that the job succeeded; return False if the lease is lost."""
