"""A simulated job: it takes some time, and fails, exits or stalls on request."""

import os
import time

from jobs.kinds import DummySpec
from worker.context import JobContext, JobFailed, JobResult

EXIT_CODE = 3
STALL_SECONDS = 3600.0


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
        time.sleep(STALL_SECONDS)
