"""The metrics, health and log of the worker: one method per event updates them together."""

from collections.abc import Sequence

import structlog
from prometheus_client import Counter, Gauge

from db.errors import PermissionDenied
from db.workflows.worker_store import ClaimedJob
from runtime.health import Health
from runtime.metrics import DependencyMetrics, export_build
from runtime.version import VERSION
from worker.attempt import Attempt
from worker.outcome import Outcome

BROKER = "broker"
DATABASE = "database"
RUNNING = Gauge("worker_jobs_running", "Jobs that are running at present")
CLAIMED = Counter("worker_jobs_claimed_total", "Attempts of jobs that were started", ["kind"])
ENDED = Counter("worker_jobs_ended_total", "Attempts of jobs that ended", ["kind", "outcome"])
PINGS = Counter("worker_pings_total", "Pings that were answered")
DEPENDENCY_UP = Gauge(
    "worker_dependency_up", "1 while the dependency is up, 0 while it is down", ["dependency"]
)
DEPENDENCY_DOWN_SECONDS = Counter(
    "worker_dependency_down_seconds_total", "Seconds for which the dependency was down", ["dependency"]
)
export_build("worker")


class WorkerTelemetry:
    """Records what happens in the main loop, and in the thread that is connected to the broker."""

    def __init__(self, health: Health, kinds: Sequence[str]) -> None:
        self._health = health
        # Each is for one thread.
        self._broker, self._database = (
            DependencyMetrics(health, DEPENDENCY_UP, DEPENDENCY_DOWN_SECONDS, dependency)
            for dependency in (BROKER, DATABASE)
        )
        self._log = structlog.get_logger()
        for kind in kinds:
            CLAIMED.labels(kind)
            for outcome in Outcome:
                ENDED.labels(kind, outcome.value)

    def started(self, name: str, kinds: Sequence[str], jobs: int) -> None:
        """Record the start of the process."""
        self._log.info("started", version=VERSION, worker=name, kinds=",".join(kinds), jobs=jobs)

    def progress(self) -> None:
        """Record that the loop is alive."""
        self._health.heartbeat()

    def running(self, jobs: int) -> None:
        """Record how many jobs are running."""
        RUNNING.set(jobs)

    def claimed(self, job: ClaimedJob) -> None:
        """Record a job that was claimed and started."""
        CLAIMED.labels(job.kind).inc()
        self._log.info("job claimed", job=str(job.job_id), kind=job.kind, attempt=job.attempt)

    def ended(self, attempt: Attempt, outcome: Outcome, seconds: float) -> None:
        """Record the end of an attempt."""
        job = attempt.job
        ENDED.labels(job.kind, outcome.value).inc()
        self._log.info(
            "job ended",
            job=str(job.job_id),
            kind=job.kind,
            attempt=job.attempt,
            outcome=outcome.value,
            seconds=round(seconds, 1),
            **({"stalled": True} if attempt.is_stalled else {}),
        )

    def idle(self, seconds: float) -> None:
        """Record that the worker exits, because there was no job for long enough."""
        self._log.info("idle, exiting", seconds=round(seconds, 1))

    def pinged(self, telemetry_id: str) -> None:
        """Record that a ping was answered."""
        PINGS.inc()
        self._log.debug("ping answered", telemetry_id=telemetry_id)

    def control_rejected(self, reason: str) -> None:
        """Record a message for this worker that it cannot use."""
        self._log.warning("command rejected", reason=reason)

    def database_up(self) -> None:
        """Record that the database responds."""
        self._up(self._database, DATABASE)

    def broker_up(self) -> None:
        """Record that the broker responds."""
        self._up(self._broker, BROKER)

    def database_down(self, error: Exception, retry_seconds: float) -> None:
        """Record that the database is down."""
        is_denied = isinstance(error, PermissionDenied)
        hint = "run `sensorctl setup`, which creates the role" if is_denied else None
        self._down(self._database, DATABASE, error, retry_seconds, hint)

    def broker_down(self, error: Exception, retry_seconds: float) -> None:
        """Record that the broker is down; jobs are found without it, up to 10 seconds later."""
        self._down(self._broker, BROKER, error, retry_seconds, None)

    def _up(self, metrics: DependencyMetrics, dependency: str) -> None:
        outage_seconds = metrics.mark_up(dependency)
        if outage_seconds is not None:
            self._log.info(f"{dependency} available", outage_seconds=round(outage_seconds, 1))

    def _down(
        self,
        metrics: DependencyMetrics,
        dependency: str,
        error: Exception,
        retry_seconds: float,
        hint: str | None,
    ) -> None:
        metrics.mark_down(dependency, str(error))
        self._log.warning(
            f"{dependency} unavailable",
            reason=str(error),
            retry_seconds=round(retry_seconds, 1),
            **({"hint": hint} if hint else {}),
        )
