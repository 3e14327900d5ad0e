"""`sensorctl report schedule NAME`: a report of each day, week or month."""

import re
from typing import Annotated, Any, Literal

import typer

from db.reports.presets import read_preset
from jobs.kinds import dump_spec
from jobs.reports import REPORT, ReportPeriod
from sensorctl.output import JsonOption
from sensorctl.reports import options
from sensorctl.settings import discover_settings
from sensorctl.workflows.schedules import define_schedule, store_schedule

Every = Literal["day", "week", "month"]
# Weeks and their reports start on Monday.
CRONS: dict[Every, tuple[str, ReportPeriod]] = {
    "day": ("{minute} {hour} * * *", "last-day"),
    "week": ("{minute} {hour} * * 1", "last-week"),
    "month": ("{minute} {hour} 1 * *", "last-month"),
}
TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def parse_time_of_day(text: str) -> str:
    """Return a time of day.

    Raises:
        typer.BadParameter: When it is none.
    """
    if not TIME.fullmatch(text):
        raise typer.BadParameter(f"{text!r} is no time of day: write hour and minute, such as 06:00")
    return text


def schedule(
    name: Annotated[str, typer.Argument(metavar="SCHEDULE", help="The name of the schedule.")],
    every: Annotated[
        Every, typer.Option("--every", help="Report each day, week (from Monday) or month, when it is over.")
    ],
    at: Annotated[
        str,
        typer.Option("--at", parser=parse_time_of_day, metavar="HH:MM", help="When, on the day after it."),
    ] = "06:00",
    sensors: options.Sensors = None,
    location: options.Location = None,
    zone: options.Zone = None,
    preset: options.PresetName = None,
    high: options.High = None,
    low: options.Low = None,
    interval: options.Interval = None,
    heat: options.Heat = None,
    title: options.Title = None,
    language: options.OptionalLanguage = None,
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", parser=options.parse_format, metavar="FORMAT", help=options.FORMATS_HELP),
    ] = None,
    recipients: Annotated[
        list[str] | None,
        typer.Option("--recipient", metavar="ADDRESS", help="Send it to this e-mail address. Repeatable."),
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Put the files into the folder finalizado/ of WebDAV, too.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make a report of each day, week or month. `sensorctl schedule` lists, disables and removes it."""
    settings = discover_settings()
    time_zone = options.resolve_zone(settings, zone)
    if preset is not None:
        read_preset(settings, preset)
    cron, period = CRONS[every]
    hour, minute = map(int, at.split(":"))
    fields: dict[str, Any] = {
        "sensors": sensors, "location": location, "period": period, "preset": preset,
        "limits": options.limits_of(high, low), "interval_seconds": interval, "heat_kj_per_mol": heat,
        "title": title, "language": language, "formats": formats or ["pdf"], "recipients": recipients,
        "keep": keep,
    }  # fmt: skip
    definition = define_schedule(
        kind=REPORT,
        spec=dump_spec(options.build_spec(fields)),
        cron=cron.format(hour=hour, minute=minute),
        time_zone=time_zone,
    )
    store_schedule(name, definition, as_json=as_json)
