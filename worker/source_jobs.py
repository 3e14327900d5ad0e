"""What the jobs that fetch from a source share: opening it, its errors, and how their results read."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from db.queries.retention import retained_since
from db.queries.sensors import read_plausible_ranges
from db.workflows.fetched import FetchedReadings
from jobs.source import Source
from messaging.errors import BrokerRefused, Unroutable
from readings.plausible import PlausibleRanges
from runtime.text import escape_unprintable
from worker.context import Covered, JobContext, JobFailed
from worker.fetching import NEW, REVISED, SAME, Fetcher, FetchState
from worker.publishing import BACKFILL_QUEUE_DEPTH, ReadingPublisher, connect_to_broker
from worker.settings import JobSettings
from worker.source_readings import SourceReadings
from worker.sources.history import open_history
from worker.sources.model import SourceRefused, SourceUnavailable
from worker.sources.pace import job_pace


@contextmanager
def failing_with_the_source(name: str, *, retry: bool = True) -> Iterator[None]:
    """Let the job fail if the source or the broker refuses, or the source does not answer.

    `retry` is whether a job whose source does not answer is tried again.

    Raises:
        JobFailed: With `retry`, unless a person has to change something first.
    """
    try:
        yield
    except SourceRefused as error:
        raise JobFailed(f"{name}: {error}", retry=False) from error
    except SourceUnavailable as error:
        raise JobFailed(f"{name}: {error}", retry=retry, retry_after=error.retry_after) from error
    except (BrokerRefused, Unroutable) as error:
        raise JobFailed(f"cannot publish: {error}") from error


@contextmanager
def open_fetcher(
    context: JobContext, source: Source, *, revise: bool = False, mark: bool = True
) -> Iterator[tuple[Fetcher, FetchedReadings]]:
    """Open the source, the queue and the database for the block.

    Raises:
        SourceRefused: When the source keeps no history, or its secret is not set.
        StoreUnavailable: When the database does not answer.
    """
    settings, name = context.settings, f"{context.settings.name} {source.name}"
    with ExitStack() as stack:
        publisher = ReadingPublisher(
            context,
            connect_to_broker(settings.amqp_url, name, priority=None),
            queue=settings.queue_name,
            max_queue_depth=BACKFILL_QUEUE_DEPTH,
        )
        stored = stack.enter_context(closing(FetchedReadings(settings, name)))
        pace = stack.enter_context(job_pace(context, source))
        fetcher = Fetcher(
            context=context,
            history=stack.enter_context(open_history(source, pace)),
            readings=source_readings(settings, source, context if mark else None),
            stored=stored,
            publisher=stack.enter_context(closing(publisher)),
            revise=revise,
        )
        yield fetcher, stored


def source_readings(settings: JobSettings, source: Source, context: JobContext | None) -> SourceReadings:
    """Return the checks of the values of a source; readings are marked with the workflow of the context.

    Raises:
        StoreUnavailable: When the database does not answer.
    """
    return SourceReadings(
        source=source.name,
        sensors={sensor.remote: sensor.sensor_id for sensor in source.sensors},
        plausible=plausible_ranges(settings),
        retained_since=retained_since(settings),
        import_id=context.workflow_id if context else None,
    )


def plausible_ranges(settings: JobSettings) -> PlausibleRanges:
    """Return the plausible ranges of the installation and of single sensors.

    Raises:
        StoreUnavailable: When the database does not answer.
    """
    return replace(settings.plausible_range, sensors=read_plausible_ranges(settings))


def coverage(source: Source, state: FetchState, *, moves_cursor: bool) -> Covered | None:
    """Return what is covered by a span that was fetched completely.

    The source may still add to what is younger than its lag.
    """
    complete_until = state.read_at - timedelta(seconds=source.lag_seconds)
    start, end = state.span.start, min(state.span.end, complete_until)
    cursor: datetime | None = state.span.end if moves_cursor else None
    if start >= end and cursor is None:
        return None
    return Covered(source.name, start, max(start, end), cursor)


def describe(state: FetchState) -> str:
    """Return the result of a fetch, as a message."""
    counts = state.result_counts
    skipped: Mapping[str, int] = counts["skipped"]
    texts = [f"{counts[NEW]:,} new, {counts[SAME]:,} stored already, {counts[REVISED]:,} revised"]
    if skipped:
        reasons = ", ".join(f"{reason} {count:,}" for reason, count in sorted(skipped.items()))
        texts.append(f"skipped {sum(skipped.values()):,} ({reasons})")
    if state.example:
        texts.append(f"for example: {state.example}")
    return escape_unprintable("; ".join(texts))
