"""The entry point of the reporter: runs its jobs until the shutdown."""

import sys

from reporter.settings import ReporterSettings
from runtime.lifecycle import ShutdownSignal, run
from runtime.settings import load
from worker.running import run_jobs

KINDS_MODULE = "reporter.kinds"


def main(stop: ShutdownSignal) -> None:
    """Run jobs until the shutdown."""
    run_jobs(load(ReporterSettings), KINDS_MODULE, stop)


if __name__ == "__main__":
    sys.exit(run(main))
