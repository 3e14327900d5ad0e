"""The process of a job."""

import importlib
import signal
from multiprocessing.connection import Connection

import structlog

from db.workflows.worker_store import ClaimedJob, WorkerStore
from runtime.errors import ServiceUnavailable
from runtime.logs import configure_logging
from runtime.tracing import tracing
from worker.context import JobKind
from worker.job_run import JobRun, run_job
from worker.parent_link import ParentLink
from worker.settings import JobSettings


def main(job: ClaimedJob, settings: JobSettings, connection: Connection, *, kinds_module: str) -> None:
    """Run an attempt of a job, and report to the worker once the database has its outcome.

    The module's KINDS do the work of each kind.
    """
    # Ctrl-C reaches every process of the terminal; the worker decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    configure_logging(settings.log_level, settings.log_format)
    kind: JobKind = importlib.import_module(kinds_module).KINDS[job.kind]
    link = ParentLink(connection)
    store = WorkerStore(settings, f"{settings.name} {job.kind}")
    try:
        with tracing(settings, settings.service):
            link.report(run_job(kind, JobRun(job, store, link, settings)))
    except ServiceUnavailable as error:
        structlog.get_logger().warning("outcome not recorded", job=str(job.job_id), reason=str(error))
    finally:
        store.close()
