"""The real worker, which kills itself and its jobs at a given point, about once in so many times.

Usage: `python -m tests.faults.worker_failpoint [POINT]`. Jobs of the kind `dummy` publish readings here.
Without a point, nothing is killed.
"""

import os
import sys
from typing import Any
from unittest.mock import patch

from db.workflows.worker_store import ClaimedJob, WorkerStore
from runtime.lifecycle import ShutdownSignal, run
from runtime.settings import load
from tests.faults import worker_jobs
from tests.faults.worker_jobs import EVERY, POINT, WORKER, kill_sometimes, run_and_kill
from worker import child, running
from worker.running import run_jobs
from worker.settings import WorkerSettings

# A job claims and finishes once, and saves many checkpoints.
POINTS = {
    "claim": 5,
    "publish": 25,
    "before-checkpoint": 25,
    "after-checkpoint": 25,
    "before-finish": 5,
    "after-finish": 5,
}


class KilledStore(WorkerStore):
    """The store of the worker itself, which dies with a job that it has claimed and not started."""

    def claim(self, *arguments: Any) -> ClaimedJob | None:
        job = super().claim(*arguments)
        if job:
            kill_sometimes("claim")
        return job


def main() -> int:
    """Run the worker until it is killed."""
    for point in sys.argv[1:]:
        os.environ[POINT], os.environ[EVERY] = point, str(POINTS[point])
    os.environ[WORKER] = str(os.getpid())
    with (
        patch.object(running, "WorkerStore", KilledStore),
        patch.object(child, "main", run_and_kill),
    ):
        return run(run_worker)


def run_worker(stop: ShutdownSignal) -> None:
    """Run the jobs of this kind `dummy` until the shutdown."""
    run_jobs(load(WorkerSettings), worker_jobs.__name__, stop)


if __name__ == "__main__":
    sys.exit(main())
