"""A dry run of an import: what was recognised, and the first readings as they would be stored."""

from collections.abc import Iterable
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

import typer
from rich.table import Table

from readings.files.csv_faults import FaultCheck
from readings.files.csv_options import CsvOptions
from readings.files.errors import AmbiguousFile
from readings.files.file_readings import FilePosition, FileReadings
from readings.files.formats import FileFormat
from readings.files.history_file import HistoryFile, recognise
from readings.files.questions import check_file, check_rows, make_question
from readings.model import Reading
from readings.times import format_timestamp
from runtime.errors import ConfigurationError
from runtime.settings import load
from runtime.text import escape_unprintable
from sensorctl.files import STDIO
from sensorctl.history.importer import find_plausible, open_import
from sensorctl.history.input_file import open_input_file
from sensorctl.history.report import ImportReport
from sensorctl.history.serial_numbers import find_serial
from sensorctl.output import fail, print_message, safe_text, show
from sensorctl.questions import show_question
from sensorctl.settings import OperatorSettings, discover_settings

SHOWN_READINGS = 10


def show_dry_run(name: str, file_format: FileFormat, options: CsvOptions) -> FilePosition:
    """Show what an import of the file would do, and return the position of its end.

    Raises:
        typer.BadParameter: When the file cannot be read, or can be read in several ways, which are shown.
        typer.Exit: When the unit or the sensor is not clear, without which nothing is published.
    """
    settings = _settings()
    try:
        return _show(name, file_format, options, settings)
    except typer.BadParameter as refused:
        if isinstance(refused.__cause__, AmbiguousFile):
            _show_question(refused.__cause__, name, file_format, options, settings)
        raise


def _show(
    name: str, file_format: FileFormat, options: CsvOptions, settings: OperatorSettings
) -> FilePosition:
    report = ImportReport()
    refusal: AmbiguousFile | None = None
    with open_import(name, file_format, options, settings, find_serial=find_serial) as history:
        show(_recognised(history))
        lines, items = history.read()
        readings = FileReadings(items, lines, history.zone, FilePosition(), report.invalid, report.left_out)
        readings.plausible = find_plausible(settings)
        readings.faults = FaultCheck(options.keep)
        remaining = readings.located()
        show(_readings(islice(remaining, SHOWN_READINGS)))
        for _ in remaining:
            pass
        if history.file.can_repeat:
            refusal = _show_questions(history, name, file_format, options, settings)
    for line in report.summary(readings.position, readings.cleaning.counts(), "Would publish"):
        print_message(line)
    if refusal:
        fail(escape_unprintable(f"The import publishes nothing until this is clear: {refusal}"))
    return readings.position


def _show_questions(
    history: HistoryFile,
    name: str,
    file_format: FileFormat,
    options: CsvOptions,
    settings: OperatorSettings,
) -> AmbiguousFile | None:
    """Show in which ways rows can be read; return why the import refuses all of them, and not only these."""
    try:
        check_rows(history, options)
    except AmbiguousFile as error:
        _show_question(error, name, file_format, options, settings)
    try:
        check_file(history, options)
    except AmbiguousFile as error:
        return error
    return None


def _show_question(
    error: AmbiguousFile, name: str, file_format: FileFormat, options: CsvOptions, settings: OperatorSettings
) -> None:
    """Show the ways in which the file can be read; standard input and pipes cannot be read again."""
    if name == STDIO or not Path(name).is_file():
        return
    with ExitStack() as files:

        def open_with(changed: CsvOptions) -> HistoryFile:
            file = files.enter_context(open_input_file(name))
            return recognise(file, file_format, changed, settings.naive_time_zone)

        question = make_question(error, options, open_with).as_json()
    question["question"] = escape_unprintable(question["question"])
    show_question(question, for_command_line=True)


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
