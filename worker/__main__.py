"""The entry point of the worker: composes its parts and runs jobs until the shutdown."""

import sys
from contextlib import closing
from functools import partial

from db.workflows.worker_store import WorkerStore
from runtime.errors import ConfigurationError
from runtime.health import Health
from runtime.http_server import serve_http
from runtime.lifecycle import ShutdownSignal, run
from runtime.logs import configure_logging
from runtime.settings import load
from runtime.watchdog import watchdog
from worker.attempt import Limits
from worker.job_process import JobProcess, process_context
from worker.kinds import KINDS
from worker.service import WorkerOptions, WorkerService
from worker.settings import WorkerSettings
from worker.telemetry import BROKER, DATABASE, WorkerTelemetry
from worker.tickets import TicketListener


def main(stop: ShutdownSignal) -> None:
    """Run jobs until the shutdown."""
    run_worker(load(WorkerSettings), stop)


def run_worker(settings: WorkerSettings, stop: ShutdownSignal) -> None:
    """Run jobs with these settings until the shutdown.

    Raises:
        ConfigurationError: When WORKER_KINDS contains an unknown kind.
    """
    kinds = select_kinds(settings)
    configure_logging(settings.log_level, settings.log_format)
    health = Health(BROKER, DATABASE)
    telemetry = WorkerTelemetry(health, kinds)
    telemetry.started(settings.name, kinds, settings.worker_jobs)
    options = WorkerOptions(
        name=settings.name,
        kinds=kinds,
        jobs=settings.worker_jobs,
        limits=Limits(
            settings.worker_lease_seconds, settings.worker_progress_seconds, settings.worker_grace_seconds
        ),
        connect_timeout_seconds=settings.connect_timeout_seconds,
    )
    tickets = TicketListener(settings, kinds, telemetry, stop)
    start = partial(JobProcess, process_context(), settings)
    with (
        closing(WorkerStore(settings, settings.name)) as store,
        serve_http(settings.http_host, settings.http_port, health),
        watchdog(health),
    ):
        tickets.start()
        WorkerService(options, store, start, tickets, telemetry, stop).run()
        tickets.join()
    if tickets.error:
        raise tickets.error


def select_kinds(settings: WorkerSettings) -> tuple[str, ...]:
    """Return the kinds of jobs that this worker runs.

    Raises:
        ConfigurationError: When WORKER_KINDS contains an unknown one.
    """
    for kind in settings.kinds:
        if kind not in KINDS:
            known = ", ".join(sorted(KINDS))
            raise ConfigurationError(f"WORKER_KINDS contains {kind!r}; the kinds of jobs are {known}")
    return settings.kinds or tuple(KINDS)


if __name__ == "__main__":
    sys.exit(run(main))
