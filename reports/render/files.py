"""The files of a report, one per format: their bytes, media types and names."""

import importlib
import importlib.util
import io
import re
import tempfile
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from jobs.reports import ReportFormat
from reports.model import Report, ReportRequest
from reports.render.csv_report import render_csv
from reports.render.json_report import render_json

MAX_NAME_CHARACTERS = 60
OTHERS = re.compile(r"[^A-Za-z0-9._]+")


class FormatUnavailable(Exception):
    """What makes files of this format is not installed."""


def render_file(report: Report, file_format: ReportFormat) -> bytes:
    """Return the file of a report in a format.

    Raises:
        FormatUnavailable: When what makes it is not installed.
    """
    return _RENDERERS[file_format](report)


def can_render(file_format: ReportFormat) -> bool:
    """Return whether files of this format can be made here."""
    library = _LIBRARIES.get(file_format)
    return library is None or importlib.util.find_spec(library) is not None


def file_name(request: ReportRequest, file_format: ReportFormat, suffix: str = "") -> str:
    """Return a name of letters that every system accepts, with the sensors and the first and last day."""
    zone = ZoneInfo(request.time_zone)
    first = request.start.astimezone(zone).date()
    last = (request.end - timedelta(microseconds=1)).astimezone(zone).date()
    name = OTHERS.sub("-", request.sensors[0])[:MAX_NAME_CHARACTERS].strip("-.") or "sensor"
    if len(request.sensors) > 1:
        name += f"-and-{len(request.sensors) - 1}-more"
    days = f"{first}" if first == last else f"{first}-to-{last}"
    return f"report-{name}-{days}{suffix and f'-{suffix}'}.{file_format}"


def _csv(report: Report) -> bytes:
    text = io.StringIO(newline="")
    render_csv(report, text)
    return text.getvalue().encode()


def _xlsx(report: Report) -> bytes:
    file = io.BytesIO()
    with tempfile.TemporaryDirectory() as directory:
        _import("reports.render.xlsx").render_xlsx(report, file, directory)
    return file.getvalue()


def _pdf(report: Report) -> bytes:
    content: bytes = _import("reports.render.pdf").render_pdf(report)
    return content


def _import(module: str) -> Any:
    """Import a renderer, and with it a large library, when it is used.

    Raises:
        FormatUnavailable: When the library is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise FormatUnavailable(f"{error.name} is not installed here") from error


_RENDERERS: Mapping[str, Callable[[Report], bytes]] = {
    "pdf": _pdf,
    "xlsx": _xlsx,
    "csv": _csv,
    "json": render_json,
}
_LIBRARIES = {"pdf": "typst", "xlsx": "xlsxwriter"}
