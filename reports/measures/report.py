"""The whole document: every sensor of a request."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from reports.measures.sensor import measure_sensor
from reports.model import Input, Report, ReportRequest, SensorInput
from reports.render.json_report import document_digest
from runtime.version import VERSION


def make_report(
    request: ReportRequest, sensors: Iterable[SensorInput], inputs: Sequence[Input], made_at: datetime
) -> Report:
    """Return the report of the sensors, in the order that they are given."""
    report = Report(
        request=request,
        made_at=made_at,
        program_version=VERSION,
        inputs=tuple(inputs),
        sensors=tuple(measure_sensor(sensor, request) for sensor in sensors),
        document_sha256="",
    )
    return replace(report, document_sha256=document_digest(report))
