"""Fakes of what the worker uses: the store, the process of a job, the link between them, and tickets."""

from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from db.errors import StoreUnavailable
from db.workflows.worker_store import ClaimedJob
from jobs.states import Instruction
from worker.context import Covered, Interruption
from worker.outcome import Outcome

OUTAGE = StoreUnavailable("the database is down")


def claimed_job(kind: str = "dummy", **spec: object) -> ClaimedJob:
    return ClaimedJob(uuid4(), uuid4(), kind, spec, "running", 1, None, 0, None, {})


class FakeJobStore:
    """Hands out `ready` jobs, and records each call; the next of `errors` of a method is raised first.

    `instruction` is the answer to a heartbeat; None: the lease is lost.
    """

    def __init__(self, *ready: ClaimedJob) -> None:
        self.ready = deque(ready)
        self.calls: list[tuple[Any, ...]] = []
        self.errors: dict[str, deque[Exception]] = defaultdict(deque)
        self.instruction: Instruction | None = Instruction.RUN
        self.has_lease = True
        self.closed = False

    def fail_next(self, method: str, *errors: Exception) -> None:
        self.errors[method].extend(errors)

    def named(self, method: str) -> list[tuple[Any, ...]]:
        return [call[1:] for call in self.calls if call[0] == method]

    def report(self, worker: str, kinds: Sequence[str], version: str) -> None:
        self._record("report", worker, tuple(kinds), version)

    def claim(self, worker: str, kinds: Sequence[str], lease_seconds: float) -> ClaimedJob | None:
        self._record("claim", worker, tuple(kinds), lease_seconds)
        return self.ready.popleft() if self.ready else None

    def renew(self, job_id: UUID, attempt: int, lease_seconds: float) -> Instruction | None:
        self._record("renew", job_id, attempt, lease_seconds)
        return self.instruction

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
        self._record("save", checkpoint, done, total, counts, message, covered)
        return self.instruction

    def finish(
        self,
        job_id: UUID,
        attempt: int,
        *,
        counts: Mapping[str, Any] | None,
        message: str | None,
        covered: Covered | None,
    ) -> bool:
        self._record("finish", counts, message, covered)
        return self.has_lease

    def fail(
        self, job_id: UUID, attempt: int, error: str, *, may_retry: bool, retry_after: float | None = None
    ) -> bool:
        self._record("fail", error, may_retry, retry_after)
        return self.has_lease

    def release(self, job_id: UUID, attempt: int, reason: str) -> bool:
        self._record("release", reason)
        return self.has_lease

    def ask(self, job_id: UUID, attempt: int, question: Mapping[str, Any]) -> bool:
        self._record("ask", question)
        return self.has_lease

    def close(self) -> None:
        self.closed = True

    def _record(self, *call: object) -> None:
        self.calls.append(call)
        if self.errors[str(call[0])]:
            raise self.errors[str(call[0])].popleft()


class FakeProcess:
    """A process that does what the test says, and records what it receives."""

    def __init__(self) -> None:
        self.outcome: Outcome | None = None
        self.reports = 0
        self.received: list[object] = []
        self.ended = False
        self.closed = False
        self.on_interrupt: Callable[[Interruption], None] = lambda _: None

    def end(self, outcome: Outcome | None) -> None:
        self.outcome, self.ended = outcome, True

    def waitables(self) -> list[Any]:
        return []

    def receive(self) -> bool:
        reports, self.reports = self.reports, 0
        return reports > 0

    def interrupt(self, reason: Interruption) -> None:
        self.received.append(reason)
        self.on_interrupt(reason)

    def has_ended(self) -> bool:
        return self.ended

    def describe_exit(self) -> str:
        return "ended with exit code 3"

    def terminate(self) -> None:
        self.received.append("SIGTERM")

    def kill(self) -> None:
        self.received.append("SIGKILL")
        self.ended = True

    def close(self) -> None:
        self.closed = True


class FakeTickets:
    """Has as many tickets as the test says, and records how they are settled."""

    def __init__(self) -> None:
        self.held = 0
        self.settled: list[tuple[int, bool]] = []

    def waitables(self) -> list[Any]:
        return []

    def receive(self) -> int:
        return self.held

    def settle(self, claimed: int, *, is_full: bool) -> None:
        self.held = 0
        self.settled.append((claimed, is_full))


class FakeLink:
    """A link to the worker that interrupts the job after so many reports."""

    def __init__(self, interruption: Interruption | None = None, after: int = 0) -> None:
        self._interruption, self._after = interruption, after
        self.reports = 0
        self.waited: list[float] = []

    @property
    def interruption(self) -> Interruption | None:
        return self._interruption if self.reports > self._after else None

    def progress(self) -> None:
        self.reports += 1

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
