"""Replay of a recorded CSV file."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import structlog

from readings.files.csv_faults import FaultCheck
from readings.files.csv_layout import CsvLayout
from readings.files.csv_options import CsvOptions
from readings.files.csv_recognition import recognise_csv
from readings.files.csv_text import ZIP_SIGNATURE, check_signature
from readings.files.date_order import find_time_format
from readings.files.decimal_comma import has_decimal_comma
from readings.files.errors import UnreadableFile
from readings.files.records import Record, Rejected
from readings.files.text import TextLines
from readings.ids import validate_sensor_id
from readings.model import Unit
from runtime.errors import ConfigurationError
from sensor.sources.file_parts import FileParts
from sensor.sources.measurement import Measurement

VARIABLES = {
    "--time-column": "REPLAY_TIME_COLUMN",
    "--value-column": "REPLAY_VALUE_COLUMN",
    "--unit": "REPLAY_UNIT",
}
OTHER_OPTIONS_HINT = " (the options are those of `sensorctl import`; for a replay, convert the file)"
SIGNATURE_BYTES = 16


@dataclass(frozen=True)
class CsvReplay:
    """Measurements from a CSV file, in the order of the file.

    Columns are named by their header or by their number from 1. A time is ISO 8601 (UTC without an offset), a
    number of seconds, or has a date such as 13.02.2026, whose order the dates of the file show. Without
    `unit`, the unit is the one in the name of the column, or else °C. With `speed` 0 one row is due per
    interval; otherwise rows keep their time differences divided by `speed`. With `original_times` readings
    have the times of the file, otherwise the time of replaying. Invalid rows are skipped; their number and
    the first of them are logged.
    """

    path: str
    time_column: str = "timestamp"
    value_column: str = "value"
    unit: Unit | None = None
    original_times: bool = False
    interval_seconds: float = 1.0
    speed: float = 0.0
    loop: bool = True

    def __post_init__(self) -> None:
        """Check that the file can be read and has the columns.

        Raises:
            ConfigurationError: When it cannot be read or lacks a column.
        """
        self._recognise()

    def __iter__(self) -> Iterator[Measurement]:
        """Yield the rows once, or repeatedly with `loop`; end after a pass without a valid row."""
        pass_start = 0.0
        while True:
            due = None
            for due, record in self._scheduled_records():
                measured_at = record.measured_at if self.original_times else None
                yield Measurement(pass_start + due, record.temperature, record.unit, measured_at)
            if due is None or not self.loop:
                return
            pass_start += due + self.interval_seconds

    def _scheduled_records(self) -> Iterator[tuple[float, Record]]:
        first: datetime | None = None
        due = 0.0
        for number, record in enumerate(self._records()):
            first = first or record.measured_at
            offset = (record.measured_at - first).total_seconds()
            due = max(due, offset / self.speed) if self.speed else number * self.interval_seconds
            yield due, record

    def _records(self) -> Iterator[Record]:
        layout = self._recognise()
        skipped: list[Rejected] = []
        count = 0
        faults = FaultCheck()
        for item in layout.read(TextLines(FileParts(self.path), layout.encoding)):
            if isinstance(item, Record):
                fault = faults.find(item)
                if fault is None:
                    yield _in_utc(item)
                    continue
                item = Rejected(item.line, fault)  # noqa: PLW2901 (what became of it)
            if isinstance(item, Rejected):
                count += 1
                skipped = skipped or [item]
        for item in skipped:
            structlog.get_logger().warning(
                "rows skipped", file=self.path, rows=count, first=f"line {item.line}: {item.reason}"
            )

    def _recognise(self) -> CsvLayout:
        options = CsvOptions(
            sensors=("replay",),
            time_column=self.time_column,
            value_columns=(self.value_column,),
            units=(self.unit,) if self.unit else (),
        )
        return _recognise(self.path, options)


def _recognise(path: str, options: CsvOptions) -> CsvLayout:
    """Recognise the file.

    Raises:
        ConfigurationError: When it cannot be read or lacks a column.
    """
    try:
        _check_file(Path(path))
        layout = recognise_csv(TextLines(FileParts(path)), options)
        if has_decimal_comma(layout.number_texts(TextLines(FileParts(path), layout.encoding))):
            options = replace(options, decimal=",")
            layout = recognise_csv(TextLines(FileParts(path), layout.encoding), options)
        time_format = find_time_format(layout.time_texts(TextLines(FileParts(path), layout.encoding)))
        if time_format is None:
            return layout
        options = replace(options, time_format=time_format)
        return recognise_csv(TextLines(FileParts(path), layout.encoding), options)
    except OSError as error:
        raise ConfigurationError(f"SENSOR_SOURCE names {path}, which cannot be read: {error}") from None
    except UnreadableFile as error:
        raise ConfigurationError(f"SENSOR_SOURCE names {path}: {_with_variables(error)}") from None


def _check_file(path: Path) -> None:
    """Reject a file that is no text, or that can be read only once.

    Raises:
        UnreadableFile: When it is a pipe, or starts as a binary format does.
    """
    if path.is_fifo():  # to open it would wait for a writer
        raise UnreadableFile("it is a pipe, which can be read only once: write it to a file first")
    with path.open("rb") as file:
        sample = file.peek(SIGNATURE_BYTES)
    if sample.startswith(ZIP_SIGNATURE):
        raise UnreadableFile("the file is an Excel workbook or another zip archive: export it as CSV")
    check_signature(sample)


def value_columns(path: str, time_column: str) -> list[str]:
    """Return the headers of a CSV file's columns other than the time, each of which names a sensor.

    Raises:
        ConfigurationError: When the file cannot be read, or a header is no valid ID or occurs twice.
    """
    # Any column will do to find the header, except the time where both are given by number.
    other = "2" if time_column == "1" else "1"
    layout = _recognise(
        path, CsvOptions(sensors=("replay",), time_column=time_column, value_columns=(other,))
    )
    names = [name for index, name in enumerate(layout.header) if index != layout.columns.time]
    if not names:
        raise ConfigurationError(f"{path} has no column besides {layout.header[0]!r}, which is the time's")
    for name in names:
        try:
            validate_sensor_id(name)
        except ValueError as error:
            raise ConfigurationError(f"The column {name!r} of {path} cannot name a sensor: {error}") from None
    if repeated := next((name for name in names if names.count(name) > 1), None):
        raise ConfigurationError(f"{path} has several columns {repeated!r}: name each sensor once")
    return names


def _in_utc(record: Record) -> Record:
    measured_at = record.measured_at
    return record if measured_at.tzinfo else record._replace(measured_at=measured_at.replace(tzinfo=UTC))


def _with_variables(error: UnreadableFile) -> str:
    """Return the message with the names of variables instead of options."""
    message = str(error)
    for option, variable in VARIABLES.items():
        message = message.replace(option, variable)
    return message + OTHER_OPTIONS_HINT if "--" in message else message
