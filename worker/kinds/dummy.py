"""A simulated job: it takes some time, and fails, exits or hangs on request."""

import os
import time
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from worker.context import JobContext, JobFailed, JobResult

EXIT_CODE = 3
HANG_SECONDS = 3600.0
Steps = Annotated[int, Field(ge=0, le=1_000_000)]


class DummySpec(BaseModel):
    """What a simulated job does; the numbers of steps count from the start of each attempt."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seconds: float = Field(default=5, ge=0, le=86_400, description="How long all of its steps take")
    steps: int = Field(default=10, ge=1, le=1_000_000, description="Steps, with a checkpoint after each")
    fail_after: Steps | None = Field(default=None, description="Fail after so many steps")
    exit_after: Steps | None = Field(default=None, description="End the process after so many steps")
    hang_after: Steps | None = Field(default=None, description="Make no progress after so many steps")


def run_dummy(context: JobContext) -> JobResult:
    """Run the steps that are not done yet.

    Raises:
        JobFailed: After `fail_after` steps.
        JobInterrupted: When the job has to stop.
    """
    spec = DummySpec.model_validate(context.spec)
    start = context.done
    for step in range(start, spec.steps):
        _misbehave(spec, step - start)
        context.sleep(spec.seconds / spec.steps)
        context.save({"step": step + 1}, done=step + 1, total=spec.steps, counts={"steps": step + 1})
    return JobResult(counts={"steps": spec.steps}, message=f"{spec.steps} steps")


def _misbehave(spec: DummySpec, steps: int) -> None:
    if steps == spec.fail_after:
        raise JobFailed(f"the simulated job fails after {steps} steps, as its spec requests")
    if steps == spec.exit_after:
        os._exit(EXIT_CODE)
    if steps == spec.hang_after:
        time.sleep(HANG_SECONDS)
