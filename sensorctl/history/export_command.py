"""`sensorctl export`: readings and roll-ups to files."""

from datetime import datetime
from typing import Annotated

import typer

from db.queries.export import ExportQuery, ReaderPaused, Series
from readings.ids import sensor_id_forms
from readings.ranges import check_order
from sensorctl.history.export import export_rows
from sensorctl.history.file_formats import OutputFormat, resolve_output_format
from sensorctl.output import fail, format_time, print_message
from sensorctl.settings import discover_settings
from sensorctl.time_options import parse_time_or_age

OutputFormatOption = Annotated[
    OutputFormat | None,
    typer.Option("--format", help="Default: from the file's name; jsonl for standard output."),
]


def export(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A new .csv or .jsonl file, or - for standard output.")
    ],
    since: Annotated[
        datetime | None,
        typer.Option(
            "--from", parser=parse_time_or_age, metavar="TIME|AGE", help="Only rows from this time on."
        ),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(
            "--to", parser=parse_time_or_age, metavar="TIME|AGE", help="Only rows before this time."
        ),
    ] = None,
    sensors: Annotated[
        list[str] | None, typer.Option("--sensor", help="Only this sensor. Repeatable.")
    ] = None,
    what: Annotated[
        Series, typer.Option(help="Readings, or their roll-ups by minute, hour or day.")
    ] = Series.READINGS,
    raw: Annotated[
        bool,
        typer.Option(
            "--raw", help="Temperatures as the sensors sent them, before calibration. Readings only."
        ),
    ] = False,
    file_format: OutputFormatOption = None,
) -> None:
    """Write readings or roll-ups to a file, in order of time.

    Times are ISO 8601 (UTC unless they have an offset) or ages such as 2h or 7d. Exported readings can be
    imported again and keep their IDs. With --raw a calibration is not applied twice by an import.
    """
    resolved_format = resolve_output_format(file, file_format)
    _check_raw(what, raw=raw)
    check_order(since, until)
    query = ExportQuery(what, since, until, tuple(sensor_id_forms(sensors or ())), raw)
    try:
        exported = export_rows(discover_settings(), query, file, resolved_format)
    except ReaderPaused as error:
        fail(str(error))
    print_message(f"Exported {exported} {what.value}{_describe_span(since, until)}.")
    if sensors and not exported:
        print_message("`sensorctl sensor list --all` shows the sensors that have readings.")


def _describe_span(since: datetime | None, until: datetime | None) -> str:
    """Return the span in UTC, in which times without an offset were read."""
    start = f" from {format_time(since)} UTC on" if since else ""
    return f"{start}{' and' if since and until else ''}{f' before {format_time(until)} UTC' if until else ''}"


def _check_raw(what: Series, *, raw: bool) -> None:
    if raw and what is not Series.READINGS:
        raise typer.BadParameter(f"--raw applies to readings, not to {what.value}, which are calibrated")
