"""Try a source: read a little, and report what would be stored. Nothing is published."""

import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from db.workflows.fetched import FetchedReadings
from jobs.kinds import SourceSpec
from jobs.source import Source
from jobs.spans import Span
from readings.model import Reading
from readings.times import format_timestamp
from worker.context import JobContext, JobResult
from worker.fetching import Fetcher, FetchState
from worker.kinds.live import open_live
from worker.source_jobs import describe, failing_with_the_source, source_readings
from worker.sources.definitions import load_source
from worker.sources.history import open_history
from worker.sources.model import HistorySource, LiveSource, Skipped, SourceValue
from worker.sources.pace import job_pace

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LIVE_SECONDS = 10.0
MAX_LIVE_VALUES = 10
MAX_EXAMPLES = 10
# Of a request. Somebody waits for the answer, and is to see a wrong address at once.
MAX_ATTEMPTS = 2


def run_source_test(context: JobContext) -> JobResult:
    """Read the last hour of the source, or its first live values, and compare them with what is stored.

    Raises:
        JobFailed: When the source refuses, or does not answer.
        JobInterrupted: When the job has to stop.
    """
    spec = SourceSpec.model_validate(context.spec)
    with failing_with_the_source(spec.source, retry=False), ExitStack() as stack:
        source = load_source(context.settings, spec.source, context.settings.name)
        stored = stack.enter_context(closing(FetchedReadings(context.settings, context.settings.name)))
        now, examples = stored.now(), Examples()
        span = span_to_try(source, now)
        fetcher = Fetcher(
            context=context,
            history=_open_history(context, source, stack),
            readings=source_readings(context.settings, source, context),
            stored=stored,
            publisher=examples,
        )
        state = fetcher.fetch_part(span, FetchState(span=span, position=span.start, read_at=now))
    counts = state.result_counts
    message = f"nothing is stored by a test; would be: {describe(state)}"
    if not any(counts.values()):
        since, until = map(format_timestamp, span)
        message = f"{spec.source} answers, but has no values from {since} to {until}"
    return JobResult(counts=counts | {"readings": examples.readings}, message=message)


def span_to_try(source: Source, now: datetime) -> Span:
    """Return the hour that the source should have completely by now, and what is younger.

    Live values may be older, if the source sends the last one of each sensor, or ahead of this clock.
    """
    if source.spec.has_history:
        return Span(now - timedelta(seconds=source.lag_seconds) - HOUR, now)
    return Span(now - DAY, now + HOUR)


def _open_history(context: JobContext, source: Source, stack: ExitStack) -> HistorySource:
    if not source.spec.has_history:
        return FirstLiveValues(context, open_live(source))
    pace = stack.enter_context(job_pace(context, source, max_attempts=MAX_ATTEMPTS))
    return stack.enter_context(open_history(source, pace))


@dataclass
class Examples:
    """Takes the place of the publisher, and keeps the first readings."""

    readings: list[dict[str, str | float]] = field(default_factory=list)

    def publish(self, readings: Iterable[Reading]) -> None:
        """Keep the first readings, as a job reports them."""
        for reading in readings:
            if len(self.readings) < MAX_EXAMPLES:
                self.readings.append(
                    {
                        "sensor_id": reading.sensor_id,
                        "measured_at": format_timestamp(reading.measured_at),
                        "temperature": reading.temperature,
                    }
                )

    def close(self) -> None:
        """Do nothing: nothing was opened."""


class FirstLiveValues:
    """The first values that a live source sends, as if they were its history."""

    def __init__(self, context: JobContext, live: LiveSource) -> None:
        self._context = context
        self._live = live

    def read(self, _start: datetime, _end: datetime) -> Iterator[SourceValue | Skipped]:
        """Yield values for some seconds, and at most a few."""
        deadline, remaining = time.monotonic() + LIVE_SECONDS, MAX_LIVE_VALUES
        with self._live.values() as values:
            for value in values:
                self._context.progress("waiting for live values")
                if value is not None:
                    remaining -= 1
                    yield value
                if remaining == 0 or time.monotonic() >= deadline:
                    return
