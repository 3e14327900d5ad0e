"""A file of which everything that decides about its readings is known before the first is published."""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Literal

from readings.errors import InvalidReading
from readings.files.csv_options import CsvOptions
from readings.files.csv_recognition import recognise_csv
from readings.files.json_bodies import JsonLayout
from readings.files.local_time import Passes, find_passes, resolve_times
from readings.files.records import Body, Item, Layout, Record, UnreadableFile
from readings.files.text import TextLines
from sensorctl.history.input_file import InputFile
from sensorctl.history.messages import parse_item

FileFormat = Literal["csv", "jsonl", "json"]
# A file with more new sensors must be confirmed: the number of a row may have been taken for the sensor.
MAX_NEW_SENSORS = 20
# Enough to see that a column is not the sensor.
MAX_COUNTED_SENSORS = 10_000


@dataclass(frozen=True)
class HistoryFile:
    """A file, its layout, and the times and sensors in it."""

    file: InputFile
    layout: Layout
    zone: tzinfo
    passes: Passes = field(default_factory=dict)

    def read(self) -> tuple[TextLines, Iterator[Item]]:
        """Start a pass over the rows."""
        lines = self.file.lines(self.layout.encoding)
        return lines, resolve_times(self.layout.read(lines), self.zone, self.passes)

    def check_sensors(self, find_known: Callable[[list[str]], AbstractSet[str]]) -> None:
        """Require that the operator names the column of the sensor if it would add many sensors.

        `find_known` returns which of some sensors exist.

        Raises:
            UnreadableFile: When it must be named.
        """
        column = self.layout.implicit_sensor
        if column is None or not self.file.can_repeat:
            return
        sensors = self._sensors()
        if len(sensors) > MAX_NEW_SENSORS and len(sensors - find_known(sorted(sensors))) > MAX_NEW_SENSORS:
            raise UnreadableFile(too_many_sensors(column, len(sensors)))

    def _sensors(self) -> set[str]:
        sensors: set[str] = set()
        for item in self.read()[1]:
            if isinstance(item, Record):
                sensors.add(item.sensor or "")
            elif isinstance(item, Body) and b'"reading_id"' not in item.body:
                try:
                    sensors.add(parse_item(item, self.zone).sensor_id)
                except InvalidReading:
                    continue
            if len(sensors) >= MAX_COUNTED_SENSORS:
                break
        return sensors


def recognise(
    file: InputFile, file_format: FileFormat, options: CsvOptions, naive_time_zone: tzinfo
) -> HistoryFile:
    """Recognise the layout of the file, and the passes of repeated hours.

    Raises:
        UnreadableFile: When it cannot be recognised.
    """
    if file_format != "csv":
        layout = JsonLayout(
            file_format == "json", encoding=options.encoding, sensor_field=options.sensor_column
        )
        return HistoryFile(file, layout, options.time_zone or naive_time_zone)
    csv_layout = recognise_csv(file.lines(options.encoding), options)
    history = HistoryFile(file, csv_layout, options.time_zone or csv_layout.zone or naive_time_zone)
    if history.zone.utcoffset(None) is not None:  # the offset is fixed
        return history
    items = csv_layout.read(file.lines(csv_layout.encoding))
    return HistoryFile(file, csv_layout, history.zone, find_passes(items, history.zone))


def too_many_sensors(column: str, count: int) -> str:
    """Return why the column of the sensor must be named."""
    return (
        f"{column} would add {count} new sensors: if it is the sensor and not the number of the row, confirm "
        f"it with --sensor-column {column.partition(' ')[0]}; else set --sensor NAME"
    )
