"""The entry point of the reporter: runs its jobs, and polls the folder for work, until the shutdown."""

import sys

from reporter.folder_poller import start_poller
from reporter.settings import ReporterSettings
from runtime.lifecycle import ShutdownSignal, run
from runtime.settings import load
from worker.running import run_jobs

KINDS_MODULE = "reporter.kinds"


def main(stop: ShutdownSignal) -> None:
    """Run jobs until the shutdown."""
    settings = load(ReporterSettings)
    poller = start_poller(settings, stop)
    run_jobs(settings, KINDS_MODULE, stop)
    if poller.error:
        raise poller.error


if __name__ == "__main__":
    sys.exit(run(main))
