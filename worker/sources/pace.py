"""How a job requests a source: at the rate of all jobs together, and reporting its progress."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import structlog

from db.queries.statements import Statements
from db.workflows.sources import Sources
from jobs.source import Source
from runtime.http_requests import MAX_ATTEMPTS, RequestUnavailable
from worker.context import JobContext
from worker.sources.http import Pace
from worker.sources.rate_limit import SharedRateLimit


@contextmanager
def job_pace(context: JobContext, source: Source, *, max_attempts: int = MAX_ATTEMPTS) -> Iterator[Pace]:
    """Return the pace of a job for the block; its waits raise JobInterrupted when the job has to stop."""
    log = structlog.get_logger().bind(job=str(context.job_id), source=source.name)

    def log_failure(error: RequestUnavailable, seconds: float) -> None:
        log.warning("source unavailable", reason=str(error), retry_seconds=round(seconds, 1))

    with closing(Statements(context.settings, f"{context.settings.name} {source.name}")) as statements:
        limit = SharedRateLimit(Sources(statements), source)
        yield Pace(
            limit=limit,
            max_attempts=max_attempts,
            sleep=context.sleep,
            progress=context.progress,
            failed=log_failure,
        )
