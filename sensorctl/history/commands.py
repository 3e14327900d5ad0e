"""`sensorctl import`: readings from files, and the imports that were made."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.table import Table

from db.errors import PermissionDenied
from db.imports import undo_import
from db.queries.imports import stored_imports
from messaging.management.admin import queue_depth
from readings.files.csv_options import CsvOptions
from readings.files.formats import FileFormat
from readings.payload import SENSOR_FIELDS
from runtime.text import quantity
from sensorctl.actor import current_actor
from sensorctl.history import option_types as types
from sensorctl.history.default_command import DEFAULT_COMMAND, DefaultCommandGroup
from sensorctl.history.dry_run import show_dry_run
from sensorctl.history.file_formats import resolve_format
from sensorctl.history.importer import Import
from sensorctl.history.stray_options import reject_options
from sensorctl.output import (
    JsonOption,
    fail,
    format_time,
    print_message,
    progress_bar,
    show,
    show_json,
    titled_table,
)
from sensorctl.settings import discover_settings, discover_setup_settings
from sensorctl.time_options import parse_seconds

app = typer.Typer(
    cls=DefaultCommandGroup,
    help="Publish the readings of a file.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
DEFAULT_DELIMITER = ""
DEFAULT_MAX_QUEUE_DEPTH = 100_000
DEFAULT_RETRY_TIMEOUT_SECONDS = 60.0
JSON_OPTIONS = {"sensor_column", "time_zone", "encoding"}
JSON_OPTIONS_ERROR = (
    "of the options that describe a file, only --sensor-column, --time-zone and --encoding apply to JSON "
    "files; the others apply to CSV files and workbooks only"
)
TEXT_OPTIONS = {"delimiter", "encoding"}
InputFormatOption = Annotated[
    FileFormat | None,
    typer.Option("--format", help="Default: from the file's name; jsonl for standard input."),
]


@app.command(DEFAULT_COMMAND)
def import_(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="A .csv, .xlsx, .jsonl or .json file, or .gz of text; - for input."
        ),
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
    sheet: types.Sheet = None,
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

    The columns of a CSV file or of a sheet (.xlsx) are named as in messages, or by options; files of many
    loggers need none. In a JSON Lines file each line is a message, in a JSON file each element of the array.
    Invalid lines are reported and skipped, and the exit code is then 1. Importing a file again stores nothing
    twice, and an interrupted import continues when the same command is run again. `sensorctl import undo ID`
    deletes what an import brought.
    """
    resolved_format = resolve_format(file, file_format)
    given = {
        "sensors": tuple(sensors or ()), "sensor_column": sensor_column, "time_column": time_column,
        "time_of_day_column": time_of_day_column, "value_columns": tuple(value_columns or ()),
        "units": tuple(units or ()), "unit_column": unit_column, "time_zone": time_zone,
        "time_format": time_format, "time_origin": time_origin, "time_step": time_step, "encoding": encoding,
        "delimiter": delimiter, "decimal": decimal, "scale": scale, "skip_lines": skip_lines,
        "no_header": no_header, "missing": tuple(missing or ()),
        "keep": tuple(keep or ()),
        "where": tuple(types.parse_condition(text) for text in where or ()),
        "sheet": sheet,
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
                settings,
                import_id,
                current_actor(),
                lambda done, total: bar.update(task, completed=done, total=total),
            )
        except PermissionDenied as error:
            fail(f"{error}. Undo requires the owner's login: see the help of this command.")
    print(f"Deleted {quantity(deleted, 'reading')}.")
    waiting = queue_depth(settings)
    if waiting:
        print_message(
            f"The queue has {quantity(waiting, 'message')}. Readings of this import among them will still be "
            "stored: when the queue is empty, run the same command again."
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
    table = titled_table("Imports (times in UTC)", "import", "stored", "readings", "sensors", "from", "to")
    # Whole, so that it can be given to `import undo`.
    table.columns[0].no_wrap, table.columns[0].min_width = True, 36
    for row in imports:
        times = (row["first_received_at"], row["first_measured_at"], row["last_measured_at"])
        stored, first, last = (format_time(time) for time in times)
        table.add_row(str(row["import_id"]), stored, f"{row['readings']}", f"{row['sensors']}", first, last)
    return table


def _check_options(given: Mapping[str, object], file_format: FileFormat) -> None:
    reject_options(given.values())
    if file_format == "xlsx" and TEXT_OPTIONS.intersection(given):
        raise typer.BadParameter("--delimiter and --encoding apply to text only, and not to workbooks")
    if file_format == "csv" and "sheet" in given:
        raise typer.BadParameter("--sheet applies to workbooks (.xlsx) only")
    if file_format in ("json", "jsonl"):
        if set(given) - JSON_OPTIONS:
            raise typer.BadParameter(JSON_OPTIONS_ERROR)
        if given.get("sensor_column") not in (None, *SENSOR_FIELDS):
            raise typer.BadParameter("--sensor-column of a JSON file must be sensor_id or id")
    if given.get("sensors") and given.get("sensor_column"):
        raise typer.BadParameter("--sensor and --sensor-column exclude each other")
    if given.get("time_format") and (given.get("time_origin") or given.get("time_step")):
        raise typer.BadParameter("--time-format excludes --time-origin and --time-step")
    if given.get("delimiter", DEFAULT_DELIMITER) == given.get("decimal"):
        raise typer.BadParameter("--delimiter and --decimal must be different characters")
