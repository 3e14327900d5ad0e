"""A job in memory: it records what its kind reports and saves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from tests.unit.fakes import FakeClock
from worker.context import Covered, Interruption, JobInterrupted
from worker.settings import JobSettings, WorkerSettings


@dataclass
class FakeJob:
    """A JobContext whose time is `clock`; it is interrupted when it has reported or saved so often."""

    spec: Mapping[str, Any] = field(default_factory=dict)
    kind: str = "rest"
    job_id: UUID = field(default_factory=uuid4)
    workflow_id: UUID = field(default_factory=uuid4)
    attempt: int = 1
    checkpoint: Mapping[str, Any] | None = None
    done: int = 0
    settings: JobSettings = field(default_factory=WorkerSettings)
    clock: FakeClock = field(default_factory=FakeClock)
    interrupt_after: int | None = None
    messages: list[str] = field(default_factory=list)
    saved: list[Mapping[str, Any]] = field(default_factory=list)
    covered: list[Covered] = field(default_factory=list)
    reports: int = 0

    def progress(self, message: str | None = None) -> None:
        self.reports += 1
        if message:
            self.messages.append(message)
        if self.interrupt_after is not None and self.reports > self.interrupt_after:
            raise JobInterrupted(Interruption.SHUTDOWN)

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
        self.checkpoint, self.done = checkpoint, done
        self.saved.append({"checkpoint": checkpoint, "done": done, "total": total, "counts": counts})
        if covered is not None:
            self.covered.append(covered)
        self.progress(message)

    def sleep(self, seconds: float) -> None:
        self.clock.now += seconds
        self.progress()
