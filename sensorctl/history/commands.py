"""`sensorctl import` and `sensorctl export`: readings from and to files."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from db.queries.export import ExportQuery, Series
from readings.model import UNIT_BY_NAME, Unit
from runtime.settings import time_zone
from sensorctl.files import STDIO
from sensorctl.history.export import export_rows
from sensorctl.history.importer import FileFormat, Import
from sensorctl.history.input_file import Columns
from sensorctl.output import fail, print_message
from sensorctl.settings import discover_settings
from sensorctl.time_options import parse_time_or_age

FORMATS_BY_SUFFIX: dict[str, FileFormat] = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
DEFAULT_MAX_QUEUE_DEPTH = 100_000
DEFAULT_RETRY_TIMEOUT_SECONDS = 60.0
CSV_OPTIONS_ERROR = "--sensor, --…-column, --unit, --time-origin and --time-step apply to CSV files only"


def _parse_unit(name: str) -> Unit:
    if unit := UNIT_BY_NAME.get(name.casefold()):
        return unit
    raise typer.BadParameter(f"{name!r} is not a unit: use celsius, fahrenheit or kelvin (or C, F, K)")


def _parse_zone(name: str) -> ZoneInfo:
    try:
        return time_zone(name)
    except ValueError as error:
        raise typer.BadParameter(f"{name!r}: {error}") from None


FormatOption = Annotated[
    FileFormat | None,
    typer.Option("--format", help="Default: from the file's name; jsonl for standard input and output."),
]


def import_(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A .csv or .jsonl file, or - for standard input.")
    ],
    sensor: Annotated[str | None, typer.Option(help="All readings belong to this sensor.")] = None,
    sensor_column: Annotated[
        str | None, typer.Option(help="Column of the sensor. Default: sensor_id or id.")
    ] = None,
    time_column: Annotated[
        str | None, typer.Option(help="Column of the time. Default: measured_at, timestamp or data.")
    ] = None,
    value_column: Annotated[
        str | None, typer.Option(help="Column of the temperature. Default: temperature or temperatura.")
    ] = None,
    unit: Annotated[
        Unit | None,
        typer.Option(parser=_parse_unit, metavar="UNIT", help="Unit of rows without one. Default: celsius."),
    ] = None,
    zone: Annotated[
        ZoneInfo | None,
        typer.Option(
            "--time-zone",
            parser=_parse_zone,
            metavar="ZONE",
            help="Time zone of times without an offset. Default: NAIVE_TIME_ZONE.",
        ),
    ] = None,
    time_origin: Annotated[
        datetime | None,
        typer.Option(
            parser=parse_time_or_age, metavar="TIME", help="Origin of times that are numbers. Default: 1970."
        ),
    ] = None,
    time_step: Annotated[
        float | None, typer.Option(help="Seconds per unit of such times. Default: 1; milliseconds: 0.001.")
    ] = None,
    file_format: FormatOption = None,
    max_queue_depth: Annotated[
        int, typer.Option(min=0, help="Pause while the queue has more messages; 0: never.")
    ] = DEFAULT_MAX_QUEUE_DEPTH,
    retry_timeout: Annotated[
        float, typer.Option(min=0, help="Seconds to retry after the connection to the broker is lost.")
    ] = DEFAULT_RETRY_TIMEOUT_SECONDS,
) -> None:
    """Publish the readings of a file.

    A CSV file has a header; its columns are named as in messages or by options. In a JSON Lines file each
    line is a message. Invalid lines are reported and skipped, and the exit code is then 1. Importing a file
    again stores nothing twice, and an interrupted import continues when the same command is run again.
    """
    resolved_format = _resolve_format(file, file_format)
    csv_options = {
        "sensor": sensor, "sensor_column": sensor_column, "time_column": time_column,
        "value_column": value_column, "unit": unit, "time_origin": time_origin, "time_step": time_step,
    }  # fmt: skip
    given = {name: value for name, value in csv_options.items() if value is not None}
    _check_csv_options(given, resolved_format)
    settings = discover_settings()
    settings = settings.model_copy(update={"naive_time_zone": zone or settings.naive_time_zone})
    columns = Columns(**given, time_zone=settings.naive_time_zone)  # type: ignore[arg-type]  # by name
    end = Import(file, resolved_format, columns, max_queue_depth, retry_timeout).run(settings)
    print_message(f"Published {end.published} readings, skipped {end.skipped} invalid lines.")
    if end.skipped:
        fail()


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
        Series, typer.Option(help="Readings, or their roll-ups by minute or hour.")
    ] = Series.READINGS,
    file_format: FormatOption = None,
) -> None:
    """Write readings or roll-ups to a file, in order of time.

    Times are ISO 8601 (UTC unless they have an offset) or ages such as 2h or 7d. Exported readings can be
    imported again and keep their IDs.
    """
    resolved_format = _resolve_format(file, file_format)
    query = ExportQuery(what, since, until, tuple(sensors or ()))
    exported = export_rows(discover_settings(), query, file, resolved_format)
    print_message(f"Exported {exported} {what.value}.")


def _check_csv_options(given: Mapping[str, object], file_format: FileFormat) -> None:
    if given and file_format != "csv":
        raise typer.BadParameter(CSV_OPTIONS_ERROR)
    if given.get("sensor") and given.get("sensor_column"):
        raise typer.BadParameter("--sensor and --sensor-column exclude each other")


def _resolve_format(file: str, requested: FileFormat | None) -> FileFormat:
    file_format = requested or FORMATS_BY_SUFFIX.get(Path(file).suffix.lower())
    if file_format is None and file == STDIO:
        return "jsonl"
    if file_format is None:
        raise typer.BadParameter(f"{file} is neither .csv nor .jsonl: set --format")
    return file_format
