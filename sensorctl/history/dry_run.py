"""A dry run of an import: what was recognised, and the first readings as they would be stored."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice

from rich.table import Table

from messaging.publishing.bulk import Message
from readings.files.csv_faults import FaultCheck
from readings.files.csv_options import CsvOptions
from readings.parsing import ParseContext, parse_reading
from readings.times import format_timestamp
from runtime.errors import ConfigurationError
from runtime.settings import load
from sensorctl.history.file_formats import FileFormat
from sensorctl.history.history_file import HistoryFile
from sensorctl.history.importer import find_plausible, open_history
from sensorctl.history.messages import FilePosition, MessageReader
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
    with open_history(name, file_format, options, settings) as history:
        show(_recognised(history))
        lines, items = history.read()
        messages = MessageReader(items, lines, history.zone, FilePosition(), report.invalid, report.left_out)
        messages.plausible = find_plausible(settings)
        messages.faults = FaultCheck(options.keep)
        remaining = iter(messages)
        show(_readings(list(islice(remaining, SHOWN_READINGS)), history))
        for _ in remaining:
            pass
    for line in report.summary(messages.position, "Would publish"):
        print_message(line)
    return messages.position


def _settings() -> OperatorSettings:
    """Return the settings of the running stack, or those in the environment, since none has to run."""
    try:
        return discover_settings()
    except ConfigurationError:
        return load(OperatorSettings)


def _recognised(history: HistoryFile) -> Table:
    table = Table("Recognised", "", show_header=False, box=None)
    for name, text in (*history.layout.describe(), ("times without an offset", f"in {history.zone}")):
        table.add_row(name, safe_text(text))
    return table


def _readings(messages: Iterable[Message], history: HistoryFile) -> Table:
    table = Table("Line", "Sensor", "Measured at", "Temperature in °C", title="The first readings")
    for message in messages:
        reading = parse_reading(message.body, ParseContext(history.zone, datetime.now(UTC), is_history=True))
        table.add_row(
            str(message.context.lines),
            safe_text(reading.sensor_id),
            format_timestamp(reading.measured_at),
            f"{reading.temperature:.10g}",
        )
    return table
