"""How a job requests a source: at the rate of all jobs together, and reporting its progress."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from db.queries.statements import Statements
from db.workflows.sources import Sources
from jobs.source import Source
from worker.context import JobContext
from worker.sources.http import Pace
from worker.sources.rate_limit import SharedRateLimit


@contextmanager
def job_pace(context: JobContext, source: Source) -> Iterator[Pace]:
    """Return the pace of a job for the block; its waits raise JobInterrupted when the job has to stop."""
    with closing(Statements(context.settings, f"{context.settings.name} {source.name}")) as statements:
        limit = SharedRateLimit(Sources(statements), source)
        yield Pace(limit=limit, sleep=context.sleep, progress=context.progress)
