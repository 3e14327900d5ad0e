"""The report of a file: its readings are published, awaited, and measured as they are stored."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from db.queries.retention import retained_since
from db.reports.report_store import read_request
from db.reports.stored_report import ReportDefaults, make_stored_report
from db.reports.stored_samples import Period
from db.workflows.fetched import FetchedReadings
from jobs.files import FileSpec
from jobs.reports import MAX_SENSORS, ReportSpec
from messaging.amqp.queue_depth import QueueDepth
from messaging.errors import BrokerRefused, Unroutable
from readings.files.file_readings import KEEP_ALL, FileReadings, LocatedReading, Retention
from readings.files.history_file import FileLimits
from reporter.files.background import run_reporting
from reporter.files.content import FileContent, ReadingRules
from reporter.files.errors import FileRefused
from reporter.files.state import FileState
from reporter.files.storing import Publisher, Stored, Storing
from reporter.pending import wait_while_pending
from reporter.settings import ReporterSettings, settings_of
from reports.model import Cleaned, Input, Report
from runtime.text import quantity
from worker.context import JobContext, JobFailed
from worker.publishing import BACKFILL_QUEUE_DEPTH, ReadingPublisher, connect_to_broker
from worker.source_jobs import plausible_ranges

SECOND = timedelta(seconds=1)


@dataclass
class Observed:
    """Rows as they pass: the sensors of their readings, and the times of the first and the last."""

    rows: Iterable[LocatedReading]
    sensors: Counter[str] = field(default_factory=Counter)
    first: datetime | None = None
    last: datetime | None = None

    def __iter__(self) -> Iterator[LocatedReading]:
        for row in self.rows:
            self.sensors[row.reading.sensor_id] += 1
            moment = row.reading.measured_at
            self.first = moment if self.first is None else min(self.first, moment)
            self.last = moment if self.last is None else max(self.last, moment)
            yield row


class FileSensors(NamedTuple):
    """The sensors of a file, and the serial number of its logger if it is of one of them."""

    ids: list[str]
    serial: str | None


def reading_rules(context: JobContext) -> ReadingRules:
    """Return what holds for the readings of any file now.

    Raises:
        StoreUnavailable: When the database does not answer.
    """
    settings = settings_of(context)
    since = retained_since(settings)
    return ReadingRules(
        naive_time_zone=settings.naive_time_zone,
        retention=Retention(since, leave_out=True) if since else KEEP_ALL,
        plausible=plausible_ranges(settings),
        limits=FileLimits(settings.file_max_bytes, settings.file_max_rows),
        import_id=context.workflow_id,
    )


@contextmanager
def open_publisher(context: JobContext) -> Iterator[Publisher]:
    """Open the queue for the block, as a backfill does.

    Raises:
        JobFailed: When the broker refuses.
    """
    settings = settings_of(context)
    publisher = ReadingPublisher(
        context,
        connect_to_broker(settings.amqp_url, f"{settings.name} file", priority=None),
        queue=settings.queue_name,
        max_queue_depth=BACKFILL_QUEUE_DEPTH,
    )
    try:
        with closing(publisher):
            yield publisher
    except (BrokerRefused, Unroutable) as error:
        raise JobFailed(f"cannot publish: {error}") from error


def make_report(context: JobContext, content: FileContent, spec: FileSpec, state: FileState) -> Report:
    """Return the report of a file whose readings are published, when all of them are stored or dead.

    Raises:
        FileRefused: When none of its readings is stored.
        JobFailed: When the stored readings are about to change.
    """
    readings = content.readings()
    observed = Observed(readings.located())
    stored = _await_stored(context, observed, state.published)
    if not stored.stored or observed.first is None or observed.last is None:
        raise FileRefused(*_nothing_stored(content, stored))
    # The page shows whole seconds: the end, which is not part of the period, is not that of the last reading.
    period = Period(observed.first, observed.last.replace(microsecond=0) + SECOND)
    is_one = len(observed.sensors) == 1
    sensors = FileSensors(sorted(observed.sensors), content.history.serial if is_one else None)
    return _measure(context, spec, state, sensors, period, _input(state, content, readings, stored))


def _await_stored(context: JobContext, rows: Iterable[LocatedReading], total: int) -> Stored:
    settings = settings_of(context)
    name = f"{settings.name} file"
    with (
        closing(FetchedReadings(settings, name)) as fetched,
        closing(QueueDepth(settings.amqp_url, name, settings.queue_name)) as depth,
    ):
        return Storing(context, fetched, depth.read).wait(rows, total)


def _nothing_stored(content: FileContent, stored: Stored) -> tuple[str, list[str]]:
    if stored.dead.total:
        reason = (
            f"None of its {quantity(stored.dead.total, 'reading')} was stored: the consumers have "
            "dead-lettered them. `sensorctl dead list` shows them; replay them once the cause is removed."
        )
        return reason, stored.dead.texts
    return "The file has no reading that can be stored.", content.rows


def _measure(
    context: JobContext, spec: FileSpec, state: FileState, sensors: FileSensors, period: Period, source: Input
) -> Report:
    """Measure what is stored of the sensors of the file, in its time.

    Raises:
        FileRefused: When it has too many sensors.
        JobFailed: When the stored readings are about to change.
    """
    settings = settings_of(context)
    if len(sensors.ids) > MAX_SENSORS:
        raise FileRefused(
            f"The file has readings of {len(sensors.ids)} sensors, and a report has at most {MAX_SENSORS}: "
            "split it."
        )
    request = ReportSpec.model_validate(
        {
            "sensors": sensors.ids,
            "from": period.start,
            "to": period.end,
            "formats": spec.formats,
            "preset": spec.preset,
            "limits": [limit.model_dump() for limit in spec.limits],
            "time_zone": spec.time_zone,
            "language": spec.language,
            "title": spec.title or state.path.rpartition("/")[2][:200],
        }
    )
    make = partial(
        make_stored_report,
        settings,
        request,
        period,
        _defaults(settings),
        read_request(settings, context.workflow_id).requested_by,
        made_at=datetime.fromisoformat(state.made_at) if state.made_at else None,
        inputs=[source],
        serial=sensors.serial,
    )
    return wait_while_pending(context, lambda: run_reporting(context, make))


def _defaults(settings: ReporterSettings) -> ReportDefaults:
    return ReportDefaults(
        settings.report_time_zone.key, settings.report_language, settings.report_heat_kj_per_mol
    )


def _input(state: FileState, content: FileContent, readings: FileReadings, stored: Stored) -> Input:
    cleaned = [
        Cleaned(reason=rows.problem.value, count=rows.total, lines=rows.lines)
        for rows in readings.cleaning.counts()
    ]
    return Input(
        name=state.path,
        sha256=state.sha256,
        bytes=state.bytes,
        readings=stored.stored,
        cleaned=(*cleaned, *stored.dead.cleaned()),
        program=content.history.logger.program if content.history.logger else None,
        time_zone=str(content.history.zone),
    )
