"""The kind `report`: figures of stored readings, as files that are stored and put into the WebDAV folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from db.reports.report_store import ReportFile, read_request, store_report
from db.reports.stored_report import ReportDefaults, make_stored_report
from db.reports.stored_samples import Period
from jobs.reports import ReportFormat, ReportSpec, resolve_period
from reporter.files.background import run_reporting
from reporter.files.connection import open_webdav
from reporter.files.placing import SUFFIX_CHARACTERS, Placing
from reporter.pending import wait_while_pending
from reporter.settings import ReporterSettings, settings_of
from reports.measures.strictest import outside_all
from reports.model import Report
from reports.render.files import FormatUnavailable, file_name, render_file
from runtime.errors import InvalidInput
from runtime.text import quantity
from worker.context import Interruption, JobContext, JobFailed, JobInterrupted, JobResult


def run_report(context: JobContext) -> JobResult:
    """Make the report, and store each of its files.

    Raises:
        JobFailed: When the request cannot be met, or not yet.
        JobInterrupted: When the job has to stop.
    """
    spec = ReportSpec.model_validate(context.spec)
    settings = settings_of(context)
    if spec.keep and settings.webdav_url is None:
        raise JobFailed(
            "the report is to be put into a WebDAV folder, but the reporter has none: set WEBDAV_URL, or "
            "request it without keep",
            retry=False,
        )
    with _failing():
        report = _make(context, settings, spec)
        # Another attempt gives the same bytes if the readings are the same.
        total = len(spec.formats)
        context.save({"made_at": report.made_at.isoformat()}, done=0, total=total, counts=_counts(report))
        for done, file_format in enumerate(spec.formats, start=1):
            content = run_reporting(context, partial(render_file, report, file_format))
            context.progress(f"{file_format} of {len(content):,} bytes")
            store_file(context, report, file_format, file_name(report.request, file_format), content)
            if spec.keep:
                _keep(context, report, file_format, content)
            context.save(context.checkpoint, done=done, total=total)
    return JobResult(counts=_counts(report), message=_describe(report))


def _make(context: JobContext, settings: ReporterSettings, spec: ReportSpec) -> Report:
    requested_by, requested_for, schedule_zone = read_request(settings, context.workflow_id)
    zone = spec.time_zone or schedule_zone or settings.report_time_zone.key
    span = resolve_period(spec, requested_for, ZoneInfo(zone))
    earlier = context.checkpoint
    make = partial(
        make_stored_report,
        settings,
        spec,
        Period(span.start, span.end),
        ReportDefaults(zone, settings.report_language, settings.report_heat_kj_per_mol),
        requested_by,
        made_at=datetime.fromisoformat(earlier["made_at"]) if earlier else None,
    )
    return wait_while_pending(context, lambda: run_reporting(context, make))


@contextmanager
def _failing() -> Iterator[None]:
    """Let the job fail for good.

    Raises:
        JobFailed: When what was requested cannot be done.
    """
    try:
        yield
    except (InvalidInput, FormatUnavailable) as error:
        raise JobFailed(str(error), retry=False) from error


def store_file(
    context: JobContext, report: Report, file_format: ReportFormat, name: str, content: bytes
) -> None:
    """Store a file of a report under a name.

    Raises:
        JobInterrupted: When the lease is lost.
    """
    request = report.request
    file = ReportFile(
        format=file_format,
        name=name,
        title=request.title,
        start=request.start,
        end=request.end,
        sensors=request.sensors,
        summary=summarise(report),
        document_sha256=report.document_sha256,
        made_at=report.made_at,
        content=content,
    )
    if store_report(context.settings, context.job_id, context.attempt, file) is None:
        raise JobInterrupted(Interruption.LEASE_LOST)


def _keep(context: JobContext, report: Report, file_format: ReportFormat, content: bytes) -> None:
    """Put a file into the folder of what is done.

    Its name has a part of the job's ID, so that a file under it is of this job, from an earlier attempt.

    Raises:
        JobFailed: When the server refuses it, or does not answer.
    """
    name = file_name(report.request, file_format, str(context.job_id)[:SUFFIX_CHARACTERS])
    with open_webdav(context) as webdav:
        placing = Placing(webdav, settings_of(context).webdav_done_folder, context.job_id)
        placing.place(name, content, is_same=lambda _: True)


def summarise(report: Report) -> dict[str, Any]:
    """Return the main figures of each sensor for a preview, and how its e-mail is to be written."""
    return {
        "language": report.request.language,
        "time_zone": report.request.time_zone,
        "sensors": [
            {
                "sensor_id": sensor.sensor_id,
                "name": sensor.name,
                "readings": sensor.readings,
                "coverage": sensor.coverage,
                "minimum": sensor.minimum and sensor.minimum.temperature,
                "mean": sensor.mean,
                "maximum": sensor.maximum and sensor.maximum.temperature,
                "mean_kinetic_temperature": sensor.mean_kinetic_temperature,
                # Without limits it is not known.
                "excursions": outside_all(sensor).excursions if sensor.limits else None,
                "seconds_outside": outside_all(sensor).seconds if sensor.limits else None,
                "gaps": len(sensor.gaps),
            }
            for sensor in report.sensors
        ],
    }


def _counts(report: Report) -> dict[str, int]:
    return {
        "sensors": len(report.sensors),
        "readings": sum(sensor.readings for sensor in report.sensors),
        "excursions": sum(outside_all(sensor).excursions for sensor in report.sensors),
        "gaps": sum(len(sensor.gaps) for sensor in report.sensors),
    }


def _describe(report: Report) -> str:
    counts = _counts(report)
    found = [quantity(counts[f"{noun}s"], noun) for noun in ("reading", "excursion", "gap")]
    return f"{', '.join(found)}; document {report.document_sha256}"
