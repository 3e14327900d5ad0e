"""The content of a file: recognised as `sensorctl import` does, and read as often as needed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from itertools import islice
from typing import Any, BinaryIO
from uuid import UUID

from jobs.file_paths import is_temporary
from jobs.files import FileSpec, parse_fields, parse_options
from readings.files.csv_faults import FaultCheck
from readings.files.csv_options import CsvOptions
from readings.files.errors import AmbiguousFile, UnreadableFile
from readings.files.file_readings import FilePosition, FileReadings, Retention
from readings.files.history_file import FileLimits, HistoryFile, open_history
from readings.files.records import Item, Record
from readings.plausible import PlausibleRanges
from readings.times import format_timestamp
from reporter.files.errors import FileRefused
from runtime.text import escape_unprintable, quote_name
from worker.context import JobNeedsAnswer

MAX_LISTED_ROWS = 1000
SHOWN_READINGS = 5
# Which sensors have these IDs or serial numbers.
FindSensors = Callable[[list[str]], Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class ReadingRules:
    """What holds for the readings of any file."""

    naive_time_zone: tzinfo
    retention: Retention
    plausible: PlausibleRanges
    limits: FileLimits
    import_id: UUID


@dataclass
class FileContent:
    """A file whose layout is known. `rows` says what is wrong with single rows, of the last pass."""

    history: HistoryFile
    options: CsvOptions
    rules: ReadingRules
    sensors: Mapping[str, str] = field(default_factory=dict)
    rows: list[str] = field(default_factory=list)

    def readings(self) -> FileReadings:
        """Start a pass over the readings."""
        self.rows = []
        lines, items = self.history.read()
        readings = FileReadings(
            self._with_sensors(items),
            lines,
            self.history.zone,
            FilePosition(),
            self._note,
            self._note,
            self.rules.import_id,
        )
        readings.retention, readings.plausible = self.rules.retention, self.rules.plausible
        readings.faults = FaultCheck(self.options.keep)
        return readings

    def _with_sensors(self, items: Iterator[Item]) -> Iterator[Item]:
        """Yield the items under the IDs of their sensors, which the file names by their serial numbers."""
        for item in items:
            if isinstance(item, Record) and (sensor := self.sensors.get(item.sensor or "")):
                yield item._replace(sensor=sensor)
            else:
                yield item

    def _note(self, line: int, reason: str) -> None:
        if len(self.rows) < MAX_LISTED_ROWS:
            self.rows.append(escape_unprintable(f"line {line}: {reason}"))


def open_content(
    spool: BinaryIO, path: str, work_folder: str, spec: FileSpec, rules: ReadingRules, find: FindSensors
) -> FileContent:
    """Recognise a file.

    Raises:
        FileRefused: When it is no file of readings.
        JobNeedsAnswer: When it can be read in several ways, or does not say from which sensor it is.
    """
    name = path.rpartition("/")[2]
    options = parse_options(spec.options)
    if spec.sensor:
        options = replace(options, sensors=(spec.sensor,))
    folder = _sensor_folder(path, work_folder)
    opener = _Opener(spool, name, rules)
    try:
        history = opener.open(options)
    except AmbiguousFile as error:
        if error.choices or error.option != "sensors":
            raise opener.question(error, options) from error
        options, history = _with_a_sensor(opener, options, folder, error)
    except UnreadableFile as error:
        options, history = _with_a_sensor(opener, options, folder, error)
    content = FileContent(history, options, rules)
    content.sensors = _map_sensors(content, folder if not spec.sensor else None, find)
    return content


class _Opener:
    """Recognises a file with different options."""

    def __init__(self, spool: BinaryIO, name: str, rules: ReadingRules) -> None:
        self._spool, self.name, self.rules = spool, name, rules

    def open(self, options: CsvOptions) -> HistoryFile:
        """Recognise it with these options.

        Raises:
            UnreadableFile: When that is not possible.
        """
        self._spool.seek(0)
        return open_history(
            self._spool, self.name, options, self.rules.naive_time_zone, limits=self.rules.limits
        )

    def example(self, options: CsvOptions) -> list[dict[str, Any]]:
        """Return the first readings as they would be; none if the file cannot be read so."""
        try:
            readings = FileContent(self.open(options), options, self.rules).readings()
            first = list(islice(readings, SHOWN_READINGS))
        except UnreadableFile:
            return []
        return [
            {
                "sensor_id": reading.sensor_id,
                "measured_at": format_timestamp(reading.measured_at),
                "temperature": reading.temperature,
            }
            for reading in first
        ]

    def question(self, error: AmbiguousFile, options: CsvOptions) -> JobNeedsAnswer:
        """Return the question about a file that can be read in several ways, with the readings of each."""
        offered = [
            {
                "label": choice.label,
                "options": choice.options,
                "readings": self.example(replace(options, **parse_fields(choice.options))),
            }
            for choice in error.choices
        ]
        return JobNeedsAnswer(
            {"question": f"{quote_name(self.name)}: {error}", "option": error.option, "options": offered}
        )


def _with_a_sensor(
    opener: _Opener, options: CsvOptions, folder: str | None, error: UnreadableFile
) -> tuple[CsvOptions, HistoryFile]:
    """Recognise the file as one of the sensor that its folder is named after.

    Raises:
        FileRefused: When it is not the sensor alone that is missing.
        JobNeedsAnswer: When there is no such folder, or the file can still be read in several ways.
    """
    if options.sensors or options.sensor_column:
        raise FileRefused(f"{quote_name(opener.name)}: {error}") from error
    given = replace(options, sensors=(folder or "?",))
    try:
        history = opener.open(given)
    except AmbiguousFile as other:
        raise opener.question(other, given) from other
    except UnreadableFile:
        raise FileRefused(f"{quote_name(opener.name)}: {error}") from error
    if folder:
        return given, history
    question = (
        f"Which sensor are the readings of {quote_name(opener.name)} from? Answer with its ID as the option "
        "sensors; a folder with this name, or the serial number of the sensor, answers it for all files."
    )
    needed = {"question": question, "options": [], "readings": opener.example(given)}
    raise JobNeedsAnswer(needed) from error


def _sensor_folder(path: str, work_folder: str) -> str | None:
    """Return the folder in the folder for work, which is named after a sensor."""
    folder, slash, _ = path.removeprefix(f"{work_folder}/").partition("/")
    return folder if slash and not is_temporary(folder) else None


def _map_sensors(content: FileContent, folder: str | None, find: FindSensors) -> dict[str, str]:
    """Return the IDs of the sensors that a file names by serial numbers.

    A file with one sensor that is not known is from the sensor of its folder.
    """
    named: dict[str, None] = {}
    for item in content.history.read()[1]:
        if isinstance(item, Record) and item.sensor is not None:
            named[item.sensor] = None
    known = dict(find(list(named)))
    if folder and len(named) == 1 and not known:
        return dict.fromkeys(named, folder)
    return {name: sensor for name, sensor in known.items() if name != sensor}
