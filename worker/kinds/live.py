"""The live values of a source, without a gap where it has history."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial

from jobs.kinds import LiveSpec
from jobs.source import Source
from worker.context import JobContext, JobResult
from worker.live.feed import LiveFeed, OpenHistory
from worker.live.progress import LiveProgress
from worker.publishing import ReadingPublisher, connect_to_broker
from worker.source_jobs import failing_with_the_source
from worker.source_readings import SourceReadings
from worker.sources.definitions import load_source
from worker.sources.history import open_history
from worker.sources.live import LIVE_SOURCES
from worker.sources.model import HistorySource, LiveSource, SourceRefused
from worker.sources.pace import job_pace
from worker.sources.secrets import read_secret


def run_live(context: JobContext) -> JobResult:
    """Publish the values of the source for `seconds`, or until the job is interrupted.

    Raises:
        JobFailed: When the source or the broker refuses.
        JobInterrupted: When the job has to stop.
    """
    spec = LiveSpec.model_validate(context.spec)
    with failing_with_the_source(spec.source):
        source = load_source(context.settings, spec.source, f"{context.settings.name} live")
        progress = _publish(context, source, spec.seconds)
    return JobResult(
        counts=progress.result_counts(), message=f"published {progress.counts['published']:,} values"
    )


def _publish(context: JobContext, source: Source, seconds: float | None) -> LiveProgress:
    settings = context.settings
    # The consumer checks whether a value is plausible, as of any reading: the ranges may change meanwhile.
    readings = SourceReadings(
        source=source.name, sensors={sensor.remote: sensor.sensor_id for sensor in source.sensors}
    )
    progress = LiveProgress(context, source.name, source.cursor, readings.skipped)
    connect = connect_to_broker(settings.amqp_url, f"{settings.name} live {source.name}")
    with closing(ReadingPublisher(context, connect, queue=settings.queue_name)) as publisher:
        live, history = open_live(source), _history_of(context, source)
        delay = source.spec.history_delay_seconds
        feed = LiveFeed(context, live, history, publisher, readings, progress, settle_seconds=delay)
        feed.run(seconds)
    return progress


def open_live(source: Source) -> LiveSource:
    """Return the client of the live values of a source.

    Raises:
        SourceRefused: When its kind has none, or its secret is not set.
    """
    client = LIVE_SOURCES.get(source.kind)
    if client is None:
        kinds = ", ".join(LIVE_SOURCES)
        raise SourceRefused(f"the kind {source.kind} has no live values; these have: {kinds}")
    secret = read_secret(source.secret_name)
    return client(source, secret.get_secret_value() if secret else None)


def _history_of(context: JobContext, source: Source) -> OpenHistory | None:
    if not source.spec.has_history:
        return None
    return partial(_open_history, context, source)


@contextmanager
def _open_history(context: JobContext, source: Source) -> Iterator[HistorySource]:
    with job_pace(context, source) as pace, open_history(source, pace) as history:
        yield history
