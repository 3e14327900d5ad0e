"""The history of a source, as a job reads it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from db.queries.statements import Statements
from db.workflows.sources import Sources
from jobs.source import Source
from worker.context import JobContext
from worker.sources.history import open_history
from worker.sources.http import Pace
from worker.sources.model import HistorySource
from worker.sources.rate_limit import SharedRateLimit


@contextmanager
def open_job_history(context: JobContext, source: Source) -> Iterator[HistorySource]:
    """Open the client of a source's history for the block; it reports the job's progress while it waits.

    All jobs together keep to the rate of the source. Reading raises JobInterrupted when the job has to stop.

    Raises:
        SourceRefused: When its kind keeps no history, or its secret is not set.
    """
    with closing(Statements(context.settings, f"{context.settings.name} {source.name}")) as statements:
        limit = SharedRateLimit(Sources(statements), source)
        pace = Pace(limit=limit, sleep=context.sleep, progress=context.progress)
        with open_history(source, pace) as history:
            yield history
