"""A dry run of an import: what was recognised, and the first readings as they would be stored."""

from collections.abc import Iterable
from itertools import islice

from rich.table import Table

from readings.files.csv_faults import FaultCheck
from readings.files.csv_options import CsvOptions
from readings.files.file_readings import FilePosition, FileReadings
from readings.files.formats import FileFormat
from readings.files.history_file import HistoryFile
from readings.model import Reading
from readings.times import format_timestamp
from runtime.errors import ConfigurationError
from runtime.settings import load
from sensorctl.history.importer import find_plausible, open_import
from sensorctl.history.report import ImportReport
from sensorctl.output import print_message, safe_text, show
from sensorctl.settings import OperatorSettings, discover_settings

SHOWN_READINGS = 10


def show_dry_run(name: str, file_format: FileFormat, options: CsvOptions) -> FilePosition:
    """Show what an import of the file would do, and return the position of its end.

    Raises:
        typer.BadParameter: When the file cannot be read, or a column is missing.
    """
    report = ImportReport()
    settings = _settings()
    with open_import(name, file_format, options, settings) as history:
        show(_recognised(history))
        lines, items = history.read()
        readings = FileReadings(items, lines, history.zone, FilePosition(), report.invalid, report.left_out)
        readings.plausible = find_plausible(settings)
        readings.faults = FaultCheck(options.keep)
        remaining = ((readings.position.lines, reading) for reading in readings)
        show(_readings(islice(remaining, SHOWN_READINGS)))
        for _ in remaining:
            pass
    for line in report.summary(readings.position, readings.cleaning.counts(), "Would publish"):
        print_message(line)
    return readings.position


def _settings() -> OperatorSettings:
    """Return the settings of the running stack, or those in the environment, since none has to run."""
    try:
        return discover_settings()
    except ConfigurationError:
        return load(OperatorSettings)


def _recognised(history: HistoryFile) -> Table:
    table = Table("Recognised", "", show_header=False, box=None)
    for name, text in history.describe():
        table.add_row(name, safe_text(text))
    return table


def _readings(readings: Iterable[tuple[int, Reading]]) -> Table:
    table = Table("Line", "Sensor", "Measured at", "Temperature in °C", title="The first readings")
    for line, reading in readings:
        table.add_row(
            str(line),
            safe_text(reading.sensor_id),
            format_timestamp(reading.measured_at),
            f"{reading.temperature:.10g}",
        )
    return table
