"""The options of a report: which sensors and period, and how it is written."""

from datetime import UTC, date, datetime, time
from pathlib import PurePath
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from pydantic import ValidationError

from db.engine import connect
from db.queries.time_zone import read_time_zone
from db.settings import DatabaseSettings
from jobs.reports import ReportFormat, ReportLanguage, ReportPeriod, ReportSpec
from readings.times import resolve_local
from runtime.errors import InvalidInput
from runtime.settings import time_zone
from runtime.validation_messages import to_invalid_input
from sensorctl.files import STDIO
from sensorctl.time_options import DATE, parse_local_time_or_age

FORMATS_HELP = "pdf (if unset), xlsx, csv or json. Repeatable."
FORMATS: tuple[ReportFormat, ...] = ("pdf", "xlsx", "csv", "json")
OPTIONS = {
    "sensors": "--sensor", "time_zone": "--time-zone", "limits": "--high or --low", "": "report",
    "interval_seconds": "--interval", "heat_kj_per_mol": "--heat",
}  # fmt: skip


def parse_zone_name(name: str) -> str:
    """Return the name of a time zone.

    Raises:
        typer.BadParameter: When there is none of that name.
    """
    try:
        return time_zone(name).key
    except ValueError as error:
        raise typer.BadParameter(f"{name!r} {error}") from None


def parse_format(name: str) -> str:
    """Return the name of a format.

    Raises:
        typer.BadParameter: When there is none of that name.
    """
    if name not in FORMATS:
        raise typer.BadParameter(f"{name!r} is no format: use {', '.join(FORMATS)}")
    return name


def parse_date_time_or_age(text: str) -> date:
    """Return a date, a time in ISO 8601, in UTC if it has an offset, or the time that is `text` ago.

    Raises:
        typer.BadParameter: When it is none of them.
    """
    moment = parse_local_time_or_age(text)
    return moment.date() if DATE.fullmatch(text.strip()) else moment


Sensors = Annotated[list[str] | None, typer.Option("--sensor", help="A sensor of the report. Repeatable.")]
Location = Annotated[str | None, typer.Option("--location", help="All sensors of this location.")]
Since = Annotated[
    date | None,
    typer.Option("--from", parser=parse_date_time_or_age, metavar="TIME|AGE", help="Start of the period."),
]
Until = Annotated[
    date | None,
    typer.Option("--to", parser=parse_date_time_or_age, metavar="TIME|AGE", help="End of it; if unset, now."),
]
Period = Annotated[
    ReportPeriod | None,
    typer.Option("--period", help="Instead: the last whole day, week (from Monday) or month."),
]
Zone = Annotated[
    str | None,
    typer.Option(
        "--time-zone",
        parser=parse_zone_name,
        metavar="ZONE",
        help="Zone of the times, also of those given; if unset, that of the installation (TIME_ZONE).",
    ),
]
PresetName = Annotated[
    str | None,
    typer.Option("--preset", metavar="NAME", help="Limits by name: see `sensorctl report preset list`."),
]
High = Annotated[
    list[float] | None, typer.Option("--high", metavar="C", help="A limit: above it is outside. Repeatable.")
]
Low = Annotated[
    list[float] | None, typer.Option("--low", metavar="C", help="A limit: below it is outside. Repeatable.")
]
Interval = Annotated[
    float | None,
    typer.Option("--interval", metavar="SECONDS", help="Usual interval of the readings, which gaps exceed."),
]
Heat = Annotated[
    float | None,
    typer.Option(
        "--heat", metavar="KJ", help="Heat of activation in kJ/mol for the mean kinetic temperature."
    ),
]
Title = Annotated[str | None, typer.Option("--title", help="Title of the report.")]
Language = Annotated[ReportLanguage, typer.Option("--language", help="English or Portuguese.")]
OptionalLanguage = Annotated[
    ReportLanguage | None,
    typer.Option("--language", help="English or Portuguese; if unset, that of the reporter."),
]
FormatOption = Annotated[
    ReportFormat | None,
    typer.Option("--format", help="Default: from the file's name, else pdf; json for standard output."),
]


def resolve_report_format(file: str | None, given: ReportFormat | None) -> ReportFormat:
    """Return the format of a file: the one that is given, or that of its name.

    Raises:
        typer.BadParameter: When its name says none, or another.
    """
    if file is None:
        return given or "pdf"
    if file == STDIO:
        return given or "json"
    suffix = PurePath(file).suffix.lower().removeprefix(".")
    named = next((each for each in FORMATS if each == suffix), None)
    if given and named and given != named:
        raise typer.BadParameter(f"{file} is named as {named}, but --format is {given}: choose one of them")
    if found := given or named:
        return found
    raise typer.BadParameter(f"the name of {file} says no format: end it in .pdf, .xlsx, .csv or .json")


def resolve_zone(settings: DatabaseSettings, given: str | None) -> str:
    """Return the zone that is given, or that of the installation.

    Raises:
        StoreUnavailable: When the database does not answer.
    """
    if given:
        return given
    with connect(settings, name="report") as connection:
        return read_time_zone(connection)


def resolve_time(moment: date | None, zone_name: str, option: str) -> datetime | None:
    """Return a time that may have no offset, then in the zone; a date is the start of its day there.

    Raises:
        typer.BadParameter: When a time occurs twice or never there.
    """
    if moment is None:
        return None
    zone = ZoneInfo(zone_name)
    if not isinstance(moment, datetime):  # clocks may skip or repeat its midnight
        return datetime.combine(moment, time(), zone).astimezone(UTC)
    found = resolve_local(moment, zone)
    if len(found) != 1:
        problem = "occurs twice" if found else "does not occur"
        before, after = (f"{moment.replace(tzinfo=zone, fold=fold):%z}" for fold in (0, 1))
        raise typer.BadParameter(
            f"{option} {moment.isoformat()} {problem} in {zone_name}: write its offset, {before} or {after}"
        )
    return found[0]


def build_spec(fields: dict[str, Any]) -> ReportSpec:
    """Return the spec of these fields, of which those without a value are left out.

    Raises:
        InvalidInput: When a field is refused; it names the option.
    """
    start, end = fields.get("from"), fields.get("to")
    if start is not None and end is None and fields.get("period") is None:
        fields = fields | {"to": datetime.now(UTC)}
    if start is None and end is None and fields.get("period") is None:
        raise InvalidInput("there is no period: give --from and --to, or --period", "--from")
    given = {name: value for name, value in fields.items() if value not in (None, (), [])}
    try:
        return ReportSpec.model_validate(given)
    except ValidationError as error:
        invalid = to_invalid_input(error)
        raise InvalidInput(invalid.message, OPTIONS.get(invalid.field, f"--{invalid.field}")) from None


def limits_of(high: list[float] | None, low: list[float] | None) -> list[dict[str, Any]]:
    """Return the limits of a request."""
    return [
        {"kind": kind, "threshold": threshold}
        for kind, thresholds in (("high", high), ("low", low))
        for threshold in thresholds or ()
    ]
