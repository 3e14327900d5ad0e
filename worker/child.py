"""The process of a job."""

import signal
from multiprocessing.connection import Connection

import structlog

from db.workflows.worker_store import ClaimedJob, WorkerStore
from runtime.errors import ServiceUnavailable
from runtime.logs import configure_logging
from worker.job_run import JobRun, run_job
from worker.kinds import KINDS
from worker.parent_link import ParentLink
from worker.settings import WorkerSettings


def main(job: ClaimedJob, settings: WorkerSettings, connection: Connection) -> None:
    """Run an attempt of a job, and report to the worker once the database has its outcome."""
    # Ctrl-C reaches every process of the terminal; the worker decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    configure_logging(settings.log_level, settings.log_format)
    link = ParentLink(connection)
    store = WorkerStore(settings, f"{settings.name} {job.kind}")
    try:
        link.report(run_job(KINDS[job.kind], JobRun(job, store, link, settings)))
    except ServiceUnavailable as error:
        structlog.get_logger().warning("outcome not recorded", job=str(job.job_id), reason=str(error))
    finally:
        store.close()
