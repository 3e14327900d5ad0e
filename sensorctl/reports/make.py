"""`sensorctl report FILE`: makes a report here, or lets the reporter make it."""

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from db.reports.stored_report import ReportDefaults, make_stored_report
from db.reports.stored_samples import Period as Times
from jobs.reports import ReportFormat, ReportSpec, resolve_period
from reports.model import DEFAULT_HEAT_KJ_PER_MOL
from reports.render.files import can_render, file_name, render_file
from runtime.text import escape_unprintable, quantity
from sensorctl.actor import current_actor
from sensorctl.files import STDIO, check_new, write_output
from sensorctl.output import fail, print_message
from sensorctl.reports import options
from sensorctl.reports.requested import request_file
from sensorctl.settings import OperatorSettings, discover_settings

File = Annotated[
    str | None,
    typer.Argument(
        metavar="[FILE]",
        help="A new .pdf, .xlsx, .csv or .json file, or - for standard output; if unset, it is named after "
        "its sensors and period.",
    ),
]


def make(
    file: File = None,
    sensors: options.Sensors = None,
    location: options.Location = None,
    since: options.Since = None,
    until: options.Until = None,
    period: options.Period = None,
    zone: options.Zone = None,
    preset: options.PresetName = None,
    high: options.High = None,
    low: options.Low = None,
    interval: options.Interval = None,
    heat: options.Heat = None,
    title: options.Title = None,
    language: options.Language = "en",
    file_format: options.FormatOption = None,
) -> None:
    """Make a report of sensors for a period: figures, excursions, gaps and readings.

    Its limits are those of --preset, --high and --low; without these, those of each sensor. It is made of
    what is stored now. If this machine cannot make a PDF, the reporter makes it and it is saved here.
    """
    resolved = options.resolve_report_format(file, file_format)
    if file is not None:
        check_new(file)
    settings = discover_settings()
    time_zone = options.resolve_zone(settings, zone)
    spec = options.build_spec(
        {
            "sensors": sensors, "location": location, "period": period, "preset": preset,
            "from": options.resolve_time(since, time_zone, "--from"),
            "to": options.resolve_time(until, time_zone, "--to"),
            "limits": options.limits_of(high, low), "interval_seconds": interval, "heat_kj_per_mol": heat,
            "title": title, "language": language, "time_zone": time_zone, "formats": [resolved],
        }
    )  # fmt: skip
    name, content = (_make if can_render(resolved) else request_file)(settings, spec, resolved)
    write_output(file or name, content)
    if file != STDIO:
        print_message(f"Wrote {escape_unprintable(file or name)}: {quantity(len(content), 'byte')}.")


def _make(settings: OperatorSettings, spec: ReportSpec, file_format: ReportFormat) -> tuple[str, bytes]:
    assert spec.time_zone is not None
    assert spec.language is not None
    span = resolve_period(spec, datetime.now(UTC), ZoneInfo(spec.time_zone))
    report = make_stored_report(
        settings,
        spec,
        Times(span.start, span.end),
        ReportDefaults(spec.time_zone, spec.language, DEFAULT_HEAT_KJ_PER_MOL),
        current_actor(),
    )
    try:
        return file_name(report.request, file_format), render_file(report, file_format)
    except OSError as error:  # no room for temporary files
        fail(str(error))
