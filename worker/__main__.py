"""The entry point of the worker: runs jobs until the shutdown."""

import sys

from runtime.lifecycle import ShutdownSignal, run
from runtime.settings import load
from worker.running import run_jobs
from worker.settings import WorkerSettings

KINDS_MODULE = "worker.kinds"


def main(stop: ShutdownSignal) -> None:
    """Run jobs until the shutdown."""
    run_jobs(load(WorkerSettings), KINDS_MODULE, stop)


if __name__ == "__main__":
    sys.exit(run(main))
