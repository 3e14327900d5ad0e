"""`sensorctl import` and `sensorctl export`: readings from and to files."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import typer
from rich.table import Table

from db.errors import PermissionDenied
from db.imports import undo_import
from db.queries.export import ExportQuery, Series
from db.queries.imports import stored_imports
from messaging.management.admin import queue_depth
from readings.files.csv_options import CsvOptions
from readings.ids import sensor_id_forms
from readings.payload import SENSOR_FIELDS
from readings.times import format_timestamp
from runtime.text import quantity
from sensorctl.files import STDIO
from sensorctl.history import option_types as types
from sensorctl.history.default_command import DEFAULT_COMMAND, DefaultCommandGroup
from sensorctl.history.dry_run import show_dry_run
from sensorctl.history.export import export_rows
from sensorctl.history.history_file import FileFormat
from sensorctl.history.importer import Import
from sensorctl.history.stray_options import reject_options
from sensorctl.output import JsonOption, fail, print_message, progress_bar, show, show_json
from sensorctl.settings import discover_settings, discover_setup_settings
from sensorctl.time_options import parse_seconds, parse_time_or_age

app = typer.Typer(
    cls=DefaultCommandGroup,
    help="Publish the readings of a file.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
OutputFormat = Literal["csv", "jsonl"]
FORMATS_BY_SUFFIX: dict[str, FileFormat] = {
    ".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json",
}  # fmt: skip
GZIP_SUFFIX = ".gz"
SPREADSHEET_SUFFIXES = (".xlsx", ".xls", ".xlsm", ".ods", ".numbers")
DEFAULT_DELIMITER = ""
DEFAULT_MAX_QUEUE_DEPTH = 100_000
DEFAULT_RETRY_TIMEOUT_SECONDS = 60.0
JSON_OPTIONS = {"sensor_column", "time_zone", "encoding"}
CSV_OPTIONS_ERROR = (
    "of the options that describe a file, only --sensor-column, --time-zone and --encoding apply to JSON "
    "files; the others apply to CSV files only"
)
InputFormatOption = Annotated[
    FileFormat | None,
    typer.Option("--format", help="Default: from the file's name; jsonl for standard input."),
]
OutputFormatOption = Annotated[
    OutputFormat | None,
    typer.Option("--format", help="Default: from the file's name; jsonl for standard output."),
]


@app.command(DEFAULT_COMMAND)
def import_(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A .csv, .jsonl or .json file, or .gz of one; - for input.")
    ],
    sensors: types.Sensors = None,
    sensor_column: types.SensorColumn = None,
    time_column: types.TimeColumn = None,
    time_of_day_column: types.TimeOfDayColumn = None,
    value_columns: types.ValueColumns = None,
    units: types.Units = None,
    unit_column: types.UnitColumn = None,
    time_zone: types.Zone = None,
    time_format: types.TimeFormat = None,
    time_origin: types.TimeOrigin = None,
    time_step: types.TimeStep = None,
    encoding: types.Encoding = None,
    delimiter: types.Delimiter = None,
    decimal: types.DecimalSign = None,
    scale: types.Scale = None,
    skip_lines: types.SkipLines = None,
    no_header: types.NoHeader = False,
    missing: types.Missing = None,
    keep: types.Keep = None,
    where: types.Where = None,
    file_format: InputFormatOption = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Publish nothing; show what is recognised and the first readings."),
    ] = False,
    max_queue_depth: Annotated[
        int, typer.Option(min=0, help="Pause while the queue has more messages; 0: never.")
    ] = DEFAULT_MAX_QUEUE_DEPTH,
    retry_timeout: Annotated[
        float,
        typer.Option(
            parser=parse_seconds,
            metavar="SECONDS",
            help="Seconds to retry after the connection to the broker is lost.",
        ),
    ] = DEFAULT_RETRY_TIMEOUT_SECONDS,
) -> None:
    """Publish the readings of a file.

    The columns of a CSV file are named as in messages, or by options. In a JSON Lines file each line is a
    message, in a JSON file each element of the array. Invalid lines are reported and skipped, and the exit
    code is then 1. Importing a file again stores nothing twice, and an interrupted import continues when the
    same command is run again. `sensorctl import undo ID` deletes what an import brought.
    """
    resolved_format = _resolve_format(file, file_format)
    given = {
        "sensors": tuple(sensors or ()), "sensor_column": sensor_column, "time_column": time_column,
        "time_of_day_column": time_of_day_column, "value_columns": tuple(value_columns or ()),
        "units": tuple(units or ()), "unit_column": unit_column, "time_zone": time_zone,
        "time_format": time_format, "time_origin": time_origin, "time_step": time_step, "encoding": encoding,
        "delimiter": delimiter, "decimal": decimal, "scale": scale, "skip_lines": skip_lines,
        "no_header": no_header, "missing": tuple(missing or ()),
        "keep": tuple(keep or ()),
        "where": tuple(types.parse_condition(text) for text in where or ()),
    }  # fmt: skip
    given = {name: value for name, value in given.items() if value not in (None, (), False)}
    _check_options(given, resolved_format)
    options = CsvOptions(**given)  # type: ignore[arg-type]  # by name
    if dry_run:
        end = show_dry_run(file, resolved_format, options)
    else:
        end = Import(file, resolved_format, options, max_queue_depth, retry_timeout).run(discover_settings())
    if end.skipped:
        fail()


@app.command("undo")
def undo(
    import_id: Annotated[
        UUID, typer.Argument(metavar="ID", help="ID that the import printed; see `sensorctl import list`.")
    ],
) -> None:
    """Delete exactly the readings that one import brought, roll-ups included.

    Readings that were stored before the import stay, and sensors keep their names. It requires the owner's
    login of the database; with Compose: docker compose run --rm setup import undo ID
    """
    settings = discover_setup_settings()
    with progress_bar() as bar:
        task = bar.add_task("undo", total=None)
        try:
            deleted = undo_import(
                settings, import_id, lambda done, total: bar.update(task, completed=done, total=total)
            )
        except PermissionDenied as error:
            fail(f"{error}. Undo requires the owner's login: see the help of this command.")
    print(f"Deleted {quantity(deleted, 'reading')}.")
    waiting = queue_depth(settings)
    if waiting:
        print_message(
            f"{waiting} messages are in the queue. Readings of this import among them will still be stored: "
            "when the queue is empty, run the same command again."
        )
    if not deleted:
        fail(f"No stored reading belongs to the import {import_id}.")


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """Show the imports of which readings are stored, with their IDs. It reads the whole table of readings."""
    imports = stored_imports(discover_settings())
    if as_json:
        show_json(imports)
    elif not imports:
        print("No reading that an import brought is stored.")
    else:
        show(_imports_table(imports))


def _imports_table(imports: list[dict[str, Any]]) -> Table:
    table = Table("Import", "Stored at", "Readings", "Sensors", "From", "To", title="Imports")
    for row in imports:
        times = (row["first_received_at"], row["first_measured_at"], row["last_measured_at"])
        stored, first, last = (format_timestamp(time) for time in times)
        table.add_row(str(row["import_id"]), stored, f"{row['readings']}", f"{row['sensors']}", first, last)
    return table


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
    resolved_format = _resolve_output_format(file, file_format)
    _check_raw(what, raw=raw)
    query = ExportQuery(what, since, until, tuple(sensor_id_forms(sensors or ())), raw)
    exported = export_rows(discover_settings(), query, file, resolved_format)
    print_message(f"Exported {exported} {what.value}.")


def _check_raw(what: Series, *, raw: bool) -> None:
    if raw and what is not Series.READINGS:
        raise typer.BadParameter(f"--raw applies to readings, not to {what.value}, which are calibrated")


def _check_options(given: Mapping[str, object], file_format: FileFormat) -> None:
    reject_options(given.values())
    if file_format != "csv":
        if set(given) - JSON_OPTIONS:
            raise typer.BadParameter(CSV_OPTIONS_ERROR)
        if given.get("sensor_column") not in (None, *SENSOR_FIELDS):
            raise typer.BadParameter("--sensor-column of a JSON file must be sensor_id or id")
    if given.get("sensors") and given.get("sensor_column"):
        raise typer.BadParameter("--sensor and --sensor-column exclude each other")
    if given.get("time_format") and (given.get("time_origin") or given.get("time_step")):
        raise typer.BadParameter("--time-format excludes --time-origin and --time-step")
    if given.get("delimiter", DEFAULT_DELIMITER) == given.get("decimal"):
        raise typer.BadParameter("--delimiter and --decimal must be different characters")


def _resolve_format(file: str, requested: FileFormat | None) -> FileFormat:
    suffixes = [suffix.lower() for suffix in Path(file).suffixes]
    suffix = next((suffix for suffix in reversed(suffixes) if suffix != GZIP_SUFFIX), "")
    file_format = requested or FORMATS_BY_SUFFIX.get(suffix)
    if file_format is None and file == STDIO:
        return "jsonl"
    if file_format is None:
        is_spreadsheet = suffix in SPREADSHEET_SUFFIXES
        hint = "save the table as CSV, and import that" if is_spreadsheet else "set --format"
        raise typer.BadParameter(f"{file} is neither .csv nor .jsonl: {hint}")
    return file_format


def _resolve_output_format(file: str, requested: OutputFormat | None) -> FileFormat:
    file_format = _resolve_format(file, requested)
    if file_format == "json" or Path(file).suffix.lower() == GZIP_SUFFIX:
        raise typer.BadParameter(f"{file} can be neither .json nor .gz: name it .jsonl or .csv")
    return file_format
