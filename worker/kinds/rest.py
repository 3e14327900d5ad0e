"""A chunk of a source's history, or what is new in it since the cursor."""

from datetime import datetime, timedelta

from jobs.backfills import RestSpec
from jobs.source import Source
from jobs.spans import Span
from worker.context import JobContext, JobResult
from worker.fetching import FetchState
from worker.source_jobs import coverage, describe, failing_with_the_source, open_fetcher
from worker.sources.definitions import load_source

# How far back a source without a cursor is read.
FIRST_SPAN = timedelta(days=1)


def run_rest(context: JobContext) -> JobResult:
    """Fetch the chunk of the spec, or what is new since the cursor, which then moves.

    Raises:
        JobFailed: When the source or the broker refuses, or the source does not answer.
        JobInterrupted: When the job has to stop.
    """
    spec = RestSpec.model_validate(context.spec)
    with failing_with_the_source(spec.source):
        source = load_source(context.settings, spec.source, context.settings.name)
        with open_fetcher(context, source, revise=spec.revise, mark=spec.mark) as (fetcher, stored):
            if context.checkpoint is None:
                now = stored.now()
                span = span_to_fetch(spec, source, now)
                state = FetchState(span=span, position=span.start, read_at=now)
            else:
                state = FetchState.from_json(context.checkpoint)
            state = fetcher.fetch(state)
    return JobResult(
        counts=state.result_counts,
        message=describe(state),
        covered=coverage(source, state, moves_cursor=spec.start is None),
    )


def span_to_fetch(spec: RestSpec, source: Source, now: datetime) -> Span:
    """Return the chunk of the spec, or the time from the cursor minus the lag to now."""
    if spec.start is not None and spec.end is not None:
        return Span(spec.start, spec.end)
    since = min(source.cursor or now - FIRST_SPAN, now)
    return Span(since - timedelta(seconds=source.lag_seconds), now)
