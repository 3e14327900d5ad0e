"""A file of which everything that decides about its readings is known before the first is published."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import tzinfo
from itertools import islice
from typing import IO, NamedTuple

from readings.errors import InvalidReading
from readings.files.csv_options import CsvOptions
from readings.files.errors import UnreadableFile
from readings.files.formats import FileFormat, find_format
from readings.files.input_file import InputFile, SeekableFile
from readings.files.json_bodies import JsonLayout, check_json, is_document
from readings.files.local_time import Passes, find_passes, resolve_times, starts_local
from readings.files.loggers.logger_file import LoggerFile
from readings.files.parsing import parse_item
from readings.files.records import Body, Item, Layout, Record
from readings.files.table import SheetFile, recognise_table, recognise_workbook
from readings.files.text import TextLines

# A file with more new sensors must be confirmed: the number of a row may have been taken for the sensor.
MAX_NEW_SENSORS = 20


class FileLimits(NamedTuple):
    """What a file may have at most; None is no limit."""

    max_bytes: int | None = None
    max_rows: int | None = None


NO_LIMITS = FileLimits()
# What a layout has of text, and a sheet of a workbook has not.
TEXT_PROPERTIES = ("encoding", "delimiter")
FindKnown = Callable[[list[str]], AbstractSet[str]]


@dataclass(frozen=True)
class HistoryFile:
    """A file, its layout, and the times and sensors in it; `logger` if the program that wrote it is known.

    `sensor_ids` are the sensors of which the file has serial numbers, by these.
    """

    file: InputFile
    layout: Layout
    zone: tzinfo
    passes: Passes = field(default_factory=dict)
    max_rows: int | None = None
    logger: LoggerFile | None = None
    sensor_ids: Mapping[str, str] = field(default_factory=dict)

    @property
    def serial(self) -> str | None:
        """The serial number of the logger, if the file has it."""
        return self.logger.serial if self.logger else None

    @property
    def logger_sensors(self) -> tuple[str, ...]:
        """The serial numbers that are the sensors, unless options name others."""
        if self.logger is None:
            return ()
        return self.logger.options.sensors or ((self.logger.serial,) if self.logger.serial else ())

    def describe(self) -> Iterator[tuple[str, str]]:
        """Yield what was recognised, as a name and a text for people."""
        if self.logger:
            serial = f", logger {self.logger.serial}" if self.logger.serial else ""
            yield "written by", f"{self.logger.program}{serial}"
        if isinstance(self.file, SheetFile):
            yield "sheet", self.file.sheet
        for name, text in self.layout.describe():
            if name not in TEXT_PROPERTIES or not isinstance(self.file, SheetFile):
                yield name, text
        yield "times without an offset", f"in {self.zone}"

    def has_local_times(self) -> bool:
        """Return whether the time of the first row has no offset. The file must be repeatable."""
        return starts_local(self.layout.read(self.file.lines(self.layout.encoding)))

    def read(self) -> tuple[TextLines, Iterator[Item]]:
        """Start a pass over the rows, which ends with UnreadableFile after `max_rows`."""
        lines = self.file.lines(self.layout.encoding)
        items = _limit_rows(self.layout.read(lines), self.max_rows)
        return lines, self._with_sensors(resolve_times(items, self.zone, self.passes))

    def _with_sensors(self, items: Iterator[Item]) -> Iterator[Item]:
        """Yield the items under the IDs of their sensors, which the file names by their serial numbers."""
        if not self.sensor_ids:
            return items
        return (
            item._replace(sensor=self.sensor_ids.get(item.sensor, item.sensor))
            if isinstance(item, Record) and item.sensor is not None
            else item
            for item in items
        )

    def check_sensors(self, items: Iterable[Item], find_known: FindKnown) -> Iterator[Item]:
        """Yield the items, as long as they add few sensors, or the operator named the column of the sensor.

        `find_known` returns which of some sensors exist.

        Raises:
            UnreadableFile: When the column must be named.
        """
        new: set[str] = set()
        known: set[str] = set()
        for item in items:
            sensor = self._implicit_sensor(item)
            if sensor is not None and sensor not in known:
                new.add(sensor)
            if len(new) > MAX_NEW_SENSORS:
                known |= find_known(sorted(new))
                new -= known
            if len(new) > MAX_NEW_SENSORS:
                raise UnreadableFile(_too_many_sensors(self.layout.implicit_sensor or ""))
            yield item

    def _implicit_sensor(self, item: Item) -> str | None:
        """Return the sensor of a row, if its column was found by its name alone."""
        if self.layout.implicit_sensor is None:
            return None
        if isinstance(item, Record):
            return item.sensor
        if isinstance(item, Body) and b'"reading_id"' not in item.body:
            with suppress(InvalidReading):
                return parse_item(item, self.zone).sensor_id
        return None


def open_history(
    file: IO[bytes],
    name: str,
    options: CsvOptions,
    naive_time_zone: tzinfo,
    limits: FileLimits = NO_LIMITS,
) -> HistoryFile:
    """Recognise a file that can be read several times; its format is that of its name.

    Raises:
        UnreadableFile: When it cannot be recognised, or is beyond the limits.
    """
    source = SeekableFile(file, limits.max_bytes)
    return recognise(source, find_format(name), options, naive_time_zone, limits.max_rows)


def recognise(
    file: InputFile,
    file_format: FileFormat,
    options: CsvOptions,
    naive_time_zone: tzinfo,
    max_rows: int | None = None,
) -> HistoryFile:
    """Recognise the layout of the file, and the passes of repeated hours.

    Raises:
        UnreadableFile: When it cannot be recognised.
    """
    layout: Layout
    logger = None
    if file_format == "csv":
        file, layout, logger = recognise_table(file, options)
    elif file_format == "xlsx":
        file, layout, logger = recognise_workbook(file.workbook(), options)
    else:
        first_lines = list(islice(filter(str.strip, file.sample(options.encoding)), 2))
        check_json(first_lines)
        layout = JsonLayout(
            file_format == "json" or is_document(first_lines),
            encoding=options.encoding,
            sensor_field=options.sensor_column,
        )
    zone = options.time_zone or layout.zone or naive_time_zone
    has_fixed_offset = zone.utcoffset(None) is not None
    if file_format == "csv" and (layout.implicit_sensor or not has_fixed_offset):
        file.make_repeatable()
    if has_fixed_offset or not file.can_repeat:
        return HistoryFile(file, layout, zone, max_rows=max_rows, logger=logger)
    items = _limit_rows(layout.read(file.lines(layout.encoding)), max_rows)
    return HistoryFile(file, layout, zone, find_passes(items, zone), max_rows, logger)


def _limit_rows(items: Iterable[Item], max_rows: int | None) -> Iterator[Item]:
    """Yield the items.

    Raises:
        UnreadableFile: When there are more than `max_rows`.
    """
    for number, item in enumerate(items, start=1):
        if max_rows is not None and number > max_rows:
            raise UnreadableFile(
                f"it has over {max_rows} rows: split it, or import it with `sensorctl import`"
            )
        yield item


def _too_many_sensors(column: str) -> str:
    return (
        f"{column} would add more than {MAX_NEW_SENSORS} new sensors: if it is the sensor and not the number "
        f"of the row, confirm it with --sensor-column {column.partition(' ')[0]}; else set --sensor NAME"
    )
