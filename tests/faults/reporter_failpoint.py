"""The real reporter, whose jobs kill it, and themselves, after some requests to the WebDAV server.

Usage: `python -m tests.faults.reporter_failpoint METHOD EVERY`. METHOD is GET, PUT or MOVE: about once in
EVERY times, the process dies after the server has executed such a request.
"""

import os
import sys

from reporter.settings import ReporterSettings
from runtime.lifecycle import ShutdownSignal, run
from runtime.settings import load
from tests.faults import reporter_jobs
from tests.faults.worker_jobs import EVERY, POINT, WORKER
from worker.running import run_jobs


def main() -> int:
    """Run the reporter until it is killed."""
    os.environ[POINT], os.environ[EVERY] = sys.argv[1:3]
    os.environ[WORKER] = str(os.getpid())
    return run(run_reporter)


def run_reporter(stop: ShutdownSignal) -> None:
    """Run its jobs until the shutdown."""
    run_jobs(load(ReporterSettings), reporter_jobs.__name__, stop)


if __name__ == "__main__":
    sys.exit(main())
