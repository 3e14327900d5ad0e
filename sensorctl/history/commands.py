"""`sensorctl import` and `sensorctl export`: history in and out."""

from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from db.queries.export import ExportQuery, Series
from readings.model import UNIT_BY_NAME, Unit
from runtime.lifecycle import EXIT_FAILURE
from runtime.settings import time_zone
from sensorctl.files import STANDARD
from sensorctl.history import export as exporting
from sensorctl.history.csv_file import Columns
from sensorctl.history.importer import Format, Import
from sensorctl.output import note
from sensorctl.settings import discover_settings
from sensorctl.time_options import moment

FORMATS: dict[str, Format] = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
MOST_WAITING = 100_000
PATIENCE_SECONDS = 60.0
CSV_OPTIONS = "--sensor, --…-column, --unit and --time-… are for CSV files"


def _unit(name: str) -> Unit:
    if unit := UNIT_BY_NAME.get(name.casefold()):
        return unit
    raise typer.BadParameter(f"{name!r} is no unit: celsius, fahrenheit or kelvin (or C, F, K)")


def _zone(name: str) -> ZoneInfo:
    try:
        return time_zone(name)
    except ValueError as error:
        raise typer.BadParameter(f"{name!r}: {error}") from None


FileFormat = Annotated[
    Format | None, typer.Option("--format", help="Unless the file's name says it; of standard input: jsonl.")
]
Moment = typer.Option(parser=moment, metavar="TIME|AGE")


def import_(
    file: Annotated[str, typer.Argument(help="A .csv or .jsonl file, or - for standard input.")],
    sensor: Annotated[str | None, typer.Option(help="All readings are of this sensor.")] = None,
    sensor_column: Annotated[str | None, typer.Option(help="Instead of sensor_id or id.")] = None,
    time_column: Annotated[
        str | None, typer.Option(help="Instead of measured_at, timestamp or data.")
    ] = None,
    value_column: Annotated[str | None, typer.Option(help="Instead of temperature or temperatura.")] = None,
    unit: Annotated[
        Unit | None, typer.Option(parser=_unit, metavar="UNIT", help="Where the row has none: celsius.")
    ] = None,
    zone: Annotated[
        ZoneInfo | None,
        typer.Option("--time-zone", parser=_zone, metavar="ZONE", help="Instead of NAIVE_TIME_ZONE."),
    ] = None,
    time_origin: Annotated[
        datetime | None,
        typer.Option(parser=moment, metavar="TIME", help="From when times that are numbers count: 1970."),
    ] = None,
    time_step: Annotated[
        float | None, typer.Option(help="How many seconds each of them is worth: 1; milliseconds: 0.001.")
    ] = None,
    file_format: FileFormat = None,
    max_queue_depth: Annotated[
        int, typer.Option(min=0, help="Publish while fewer messages wait in the queue; 0: always.")
    ] = MOST_WAITING,
    retry_timeout: Annotated[
        float, typer.Option(min=0, help="Seconds to try again when the broker is lost on the way.")
    ] = PATIENCE_SECONDS,
) -> None:
    """Publish the readings of a file; nothing is stored twice, however often it is imported.

    CSV: with a header, columns are named as in messages or by options. JSON lines: each is a message.
    Wrong lines are told and passed over. What was interrupted goes on when it is called again.
    """
    kind = _kind(file, file_format)
    chosen = {
        "sensor": sensor, "sensor_column": sensor_column, "time_column": time_column,
        "value_column": value_column, "unit": unit, "time_origin": time_origin, "time_step": time_step,
    }  # fmt: skip
    given = {name: value for name, value in chosen.items() if value is not None}
    if given and kind != "csv":
        raise typer.BadParameter(CSV_OPTIONS)
    if sensor and sensor_column:
        raise typer.BadParameter("--sensor and --sensor-column exclude each other")
    settings = discover_settings()
    settings = settings.model_copy(update={"naive_time_zone": zone or settings.naive_time_zone})
    columns = Columns(**given, time_zone=settings.naive_time_zone)  # type: ignore[arg-type]  # by name
    end = Import(file, kind, columns, max_queue_depth, retry_timeout).run(settings)
    note(f"Published {end.published} readings, refused {end.refused} lines.")
    if end.refused:
        raise typer.Exit(EXIT_FAILURE)


def export(
    file: Annotated[str, typer.Argument(help="A new .csv or .jsonl file, or - for standard output.")],
    since: Annotated[datetime | None, typer.Option("--from", parser=moment, metavar="TIME|AGE")] = None,
    until: Annotated[datetime | None, typer.Option("--to", parser=moment, metavar="TIME|AGE")] = None,
    sensors: Annotated[
        list[str] | None, typer.Option("--sensor", help="Of this sensor; may be repeated.")
    ] = None,
    what: Annotated[Series, typer.Option(help="Readings, or their roll-ups.")] = Series.READINGS,
    file_format: FileFormat = None,
) -> None:
    """Write readings or roll-ups from a time on and before another, in the order of their time.

    Times are ISO 8601 (UTC unless they say otherwise) or ages such as 2h or 7d. `sensorctl import` takes
    readings back, as the same ones.
    """
    kind = _kind(file, file_format)
    chosen = ExportQuery(what, since, until, tuple(sensors or ()))
    written = exporting.export(discover_settings(), chosen, file, kind)
    note(f"Exported {written} {what.value}.")


def _kind(file: str, named: Format | None) -> Format:
    kind = named or FORMATS.get(Path(file).suffix.lower())
    if kind is None and file == STANDARD:
        return "jsonl"
    if kind is None:
        raise typer.BadParameter(f"{file} is neither .csv nor .jsonl: say which with --format")
    return kind
