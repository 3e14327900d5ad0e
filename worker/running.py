"""Running jobs until the shutdown: composes the parts of a service that runs jobs of some kinds."""

import importlib
from collections.abc import Collection, Mapping
from contextlib import closing
from functools import partial

from db.workflows.worker_store import WorkerStore
from runtime.authorities import check_authority_file
from runtime.errors import ConfigurationError
from runtime.health import Health
from runtime.http_server import serve_http
from runtime.lifecycle import ShutdownSignal
from runtime.logs import configure_logging
from runtime.watchdog import watchdog
from worker import child
from worker.attempt import Limits
from worker.context import JobKind
from worker.job_process import JobProcess, process_context
from worker.service import WorkerOptions, WorkerService
from worker.settings import JobSettings
from worker.telemetry import BROKER, DATABASE, WorkerTelemetry
from worker.tickets import TicketListener


def run_jobs(settings: JobSettings, kinds_module: str, stop: ShutdownSignal) -> None:
    """Run the jobs of a service until the shutdown.

    The process of each job imports `kinds_module`, whose KINDS do the work.

    Raises:
        ConfigurationError: When the settings name an unknown kind, or SSL_CERT_FILE an unusable file.
    """
    check_authority_file()
    known: Mapping[str, JobKind] = importlib.import_module(kinds_module).KINDS
    kinds = select_kinds(settings, known)
    configure_logging(settings.log_level, settings.log_format)
    health = Health(BROKER, DATABASE)
    telemetry = WorkerTelemetry(health, kinds)
    telemetry.started(settings.name, kinds, settings.jobs)
    options = WorkerOptions(
        name=settings.name,
        kinds=kinds,
        jobs=settings.jobs,
        limits=Limits(
            settings.worker_lease_seconds, settings.worker_progress_seconds, settings.worker_grace_seconds
        ),
        connect_timeout_seconds=settings.connect_timeout_seconds,
        idle_exit_seconds=settings.worker_idle_exit_seconds,
    )
    tickets = TicketListener(settings, kinds, telemetry, stop)
    main = partial(child.main, kinds_module=kinds_module)
    start = partial(JobProcess, process_context(kinds_module), settings, main=main)
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


def select_kinds(settings: JobSettings, known: Collection[str]) -> tuple[str, ...]:
    """Return the kinds of jobs that this service runs.

    Raises:
        ConfigurationError: When the settings name an unknown one.
    """
    for kind in settings.kinds:
        if kind not in known:
            raise ConfigurationError(
                f"{settings.service.upper()}_KINDS contains {kind!r}; the kinds of jobs that the "
                f"{settings.service} runs are {', '.join(sorted(known))}"
            )
    return settings.kinds or tuple(known)
