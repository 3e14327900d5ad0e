"""The content of a file: recognised as `sensorctl import` does, and read as often as needed."""

from dataclasses import dataclass, field, replace
from datetime import tzinfo
from typing import BinaryIO
from uuid import UUID

from jobs.files import FileSpec
from readings.files.csv_faults import FaultCheck
from readings.files.csv_options import CsvOptions
from readings.files.errors import AmbiguousFile, AmbiguousTable, UnreadableFile
from readings.files.file_readings import FilePosition, FileReadings, Retention
from readings.files.history_file import FileLimits, HistoryFile, open_history
from readings.files.option_values import name_as_fields, parse_options
from readings.files.questions import (
    check_rows,
    first_readings,
    make_question,
    read_head,
    readings_as_json,
)
from readings.plausible import PlausibleRanges
from reporter.files.errors import FileRefused
from reporter.files.sensors import FindSensors, map_sensors, sensor_folder
from runtime.text import escape_unprintable, quote_name
from worker.context import JobNeedsAnswer

MAX_LISTED_ROWS = 1000
SHOWN_READINGS = 5


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
    rows: list[str] = field(default_factory=list)

    def readings(self) -> FileReadings:
        """Start a pass over the readings."""
        self.rows = []
        lines, items = self.history.read()
        readings = FileReadings(
            items,
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

    def _note(self, line: int, reason: str) -> None:
        if len(self.rows) < MAX_LISTED_ROWS:
            self.rows.append(escape_unprintable(f"line {line}: {name_as_fields(reason)}"))


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
    if spec.sensor and not options.sensor_column:
        options = replace(options, sensors=(spec.sensor,))
    folder = sensor_folder(path, work_folder)
    opener = _Opener(spool, name, rules)
    try:
        history = opener.open(options)
        check_rows(history, options)
    except AmbiguousFile as error:
        if error.choices or error.option != "sensors":
            raise opener.ask(error, options) from error
        options, history = _with_a_sensor(opener, options, folder, error)
    except UnreadableFile as error:
        options, history = _with_a_sensor(opener, options, folder, error)
    sensors = map_sensors(history, name, None if options.sensors else folder, find)
    return FileContent(replace(history, sensor_ids=sensors), options, rules)


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

    def ask(self, error: AmbiguousFile, options: CsvOptions) -> JobNeedsAnswer | FileRefused:
        """Return the question about a file that can be read in several ways, with the readings of each.

        A file whose columns have no readings, whichever they are, is refused.
        """
        head = read_head(self._spool)

        def open_with(changed: CsvOptions) -> HistoryFile:
            head.seek(0)
            return open_history(
                head, self.name, changed, self.rules.naive_time_zone, limits=self.rules.limits
            )

        question = make_question(error, options, open_with)
        if isinstance(error, AmbiguousTable) and error.choices and not question.has_readings:
            return FileRefused(f"{quote_name(self.name)}: {error}")
        text = f"{quote_name(self.name)}: {name_as_fields(question.text)}"
        return JobNeedsAnswer(question.as_json() | {"question": text, "option": error.option})


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
        check_rows(history, given)
    except AmbiguousFile as other:
        raise opener.ask(other, given) from other
    except UnreadableFile:
        raise FileRefused(f"{quote_name(opener.name)}: {error}") from error
    if folder:
        return given, history
    question = (
        f"Which sensor are the readings of {quote_name(opener.name)} from? Answer with its ID as the option "
        "sensors; a folder with this name, or the serial number of the sensor, answers it for all files."
    )
    readings = readings_as_json(first_readings(history))
    needed = {"question": question, "option": "sensors", "options": [], "readings": readings}
    raise JobNeedsAnswer(needed) from error
