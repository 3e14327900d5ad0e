"""Questions about a file that can be read in several ways, each with the first readings as they would be."""

import io
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, replace
from itertools import islice
from statistics import median
from typing import IO, Any, NamedTuple

from readings.errors import InvalidReading
from readings.files.csv_columns import UNIT_AMBIGUITY
from readings.files.csv_faults import FaultCheck
from readings.files.csv_layout import CsvLayout
from readings.files.csv_options import CsvOptions
from readings.files.csv_text import ZIP_SIGNATURE
from readings.files.csv_values import sentinel_ambiguity
from readings.files.errors import Ambiguity, AmbiguousFile, Choice, UnreadableFile
from readings.files.history_file import HistoryFile
from readings.files.input_file import GZIP_SIGNATURE
from readings.files.option_values import EXTENDED_OPTIONS, parse_options
from readings.files.parsing import parse_item
from readings.files.records import Body, Item, Record, Rejected
from readings.files.single_sensor import check_single_sensor
from readings.model import Reading
from readings.times import format_timestamp

SHOWN_READINGS = 5
# How many rows are read to find some that are readings, or rows that can be read in several ways.
SAMPLE_ROWS = 10_000
# A smaller share of rows is rejected and counted.
MIN_AMBIGUOUS_SHARE = 0.05
# Few rooms and no fridges are warmer.
MAX_CELSIUS_MEDIAN = 30.0
MAX_CHOICES = 20
MAX_DEPTH = 2
# The start of a text is enough to show its first readings.
MAX_HEAD_BYTES = 256 * 1024
# Stands for the sensor until it is known.
UNKNOWN_SENSOR = "?"
OpenWith = Callable[[CsvOptions], HistoryFile]


class QuestionOption(NamedTuple):
    """A way to read the file, and the first readings that it would have."""

    label: str
    options: Mapping[str, Any]
    readings: tuple[Reading, ...]


class Question(NamedTuple):
    """What is not clear, and the ways to read the file; none if the answer is any value of an option."""

    text: str
    options: tuple[QuestionOption, ...]

    @property
    def has_readings(self) -> bool:
        """Whether some way to read the file has readings."""
        return any(option.readings for option in self.options)

    def as_json(self) -> dict[str, Any]:
        """Return the question of a job."""
        return {"question": self.text, "options": [_option_as_json(option) for option in self.options]}


def read_head(file: IO[bytes]) -> IO[bytes]:
    """Return the first lines of a file, to be read again and again; the whole of one that is compressed."""
    file.seek(0)
    head = file.read(MAX_HEAD_BYTES)
    if len(head) < MAX_HEAD_BYTES or head.startswith((GZIP_SIGNATURE, ZIP_SIGNATURE)):
        file.seek(0)
        return file
    return io.BytesIO(head[: head.rfind(b"\n") + 1])


def make_question(
    error: AmbiguousFile, options: CsvOptions, open_with: OpenWith, sensors: Sequence[str] = ()
) -> Question:
    """Return what to ask about a file that `open_with` refuses; `sensors` are those that may be meant.

    A choice with which the file cannot be read is left out.
    """
    choices = error.choices
    if error.option == "sensors" and not choices:
        choices = tuple(Choice(sensor, {"sensors": [sensor]}) for sensor in sensors)
    found = [
        QuestionOption(choice.label, choice.options, readings)
        for choice in choices[:MAX_CHOICES]
        if (readings := _preview(open_with, merge_choice(options, choice))) is not None
    ]
    readable = [option for option in found if option.readings] or found
    hint = "" if readable else f" (the answer is the option {error.option})"
    return Question(f"{error}{hint}", tuple(readable))


def check_rows(history: HistoryFile, options: CsvOptions) -> None:
    """Require that few of the first rows can be read in several ways; these are rejected and counted.

    What an import refuses as a whole is refused, too.

    Raises:
        AmbiguousFile: When many can.
    """
    faults = FaultCheck(options.keep)
    counts: Counter[str] = Counter()
    first: dict[str, tuple[Ambiguity, str]] = {}
    total = 0
    for item in islice(history.read()[1], SAMPLE_ROWS):
        total += 1
        if found := _find_ambiguity(item, faults):
            counts[repr(found[0])] += 1
            first.setdefault(repr(found[0]), (found[0], f"line {item.line}: {found[1]}"))
    for key, count in counts.most_common(1):
        if count >= MIN_AMBIGUOUS_SHARE * total:
            ambiguity, reason = first[key]
            also = f"; the same holds for {count} of the first {total} rows" if count > 1 else ""
            raise AmbiguousFile(f"{reason}{also}", *ambiguity)
    check_file(history, options)


def check_file(history: HistoryFile, options: CsvOptions) -> None:
    """Require that the sensor and the unit of all rows are clear.

    Raises:
        AmbiguousFile: When one is not.
    """
    check_single_sensor(history)
    check_unit(history, options)


def is_unit_given(history: HistoryFile) -> bool:
    """Return whether the file or the options say in which unit the temperatures are."""
    layout = history.layout
    return bool(history.logger) or not isinstance(layout, CsvLayout) or layout.columns.is_unit_given


def check_unit(history: HistoryFile, options: CsvOptions) -> None:
    """Require that the unit of high temperatures is given: 68 may be in °F.

    Raises:
        AmbiguousFile: When it is not.
    """
    if is_unit_given(history):
        return
    faults = FaultCheck(options.keep)
    sample = islice(history.read()[1], SAMPLE_ROWS)
    values = [
        item.temperature
        for item in sample
        if isinstance(item, Record) and not faults.find(item) and not item.is_unit_given
    ]
    if values and median(values) > MAX_CELSIUS_MEDIAN:
        raise AmbiguousFile(
            f"the unit of temperatures is not given, and half of them are above {MAX_CELSIUS_MEDIAN:g}, such "
            f"as {max(values):.10g}: set --unit",
            *UNIT_AMBIGUITY,
        )


def merge_choice(options: CsvOptions, choice: Choice) -> CsvOptions:
    """Return the options with those of a choice; lists such as `missing` are extended.

    A column that has the sensor replaces the sensor of all rows.
    """
    given = parse_options(choice.options)
    if given.sensor_column:
        options = replace(options, sensors=())
    changes: dict[str, Any] = {
        field.name: (*getattr(options, field.name), *value) if field.name in EXTENDED_OPTIONS else value
        for field in fields(given)
        if (value := getattr(given, field.name)) != field.default
    }
    return replace(options, **changes)


def _find_ambiguity(item: Item, faults: FaultCheck) -> tuple[Ambiguity, str] | None:
    if isinstance(item, Rejected) and item.ambiguity:
        return item.ambiguity, item.reason
    if isinstance(item, Record) and (fault := faults.find(item)):
        return sentinel_ambiguity(f"{item.temperature:.10g}"), fault
    return None


def _preview(open_with: OpenWith, options: CsvOptions, depth: int = 0) -> tuple[Reading, ...] | None:
    """Return the first readings; None if the file cannot be read like this.

    What else is not clear is shown as the first choice for it that has readings.
    """
    try:
        history = open_with(options)
    except AmbiguousFile as error:
        if error.option == "sensors" and not options.sensors:
            return _preview(open_with, replace(options, sensors=(UNKNOWN_SENSOR,)), depth)
        nested = error.choices[:MAX_CHOICES] if depth < MAX_DEPTH else ()
        previews = (_preview(open_with, merge_choice(options, choice), depth + 1) for choice in nested)
        return next(filter(None, previews), ())
    except UnreadableFile:
        return None
    return first_readings(history)


def first_readings(history: HistoryFile) -> tuple[Reading, ...]:
    """Return the first readings of a file."""
    items = islice(history.read()[1], SAMPLE_ROWS)
    return tuple(islice(_readings(items, history), SHOWN_READINGS))


def _readings(items: Iterable[Item], history: HistoryFile) -> Iterable[Reading]:
    for item in items:
        if isinstance(item, Record | Body):
            with suppress(InvalidReading):
                yield parse_item(item, history.zone)


def _option_as_json(option: QuestionOption) -> dict[str, Any]:
    readings = readings_as_json(option.readings)
    return {"label": option.label, "options": dict(option.options), "readings": readings}


def readings_as_json(readings: Iterable[Reading]) -> list[dict[str, Any]]:
    """Return readings as a question has them."""
    return [
        {
            "sensor_id": None if reading.sensor_id == UNKNOWN_SENSOR else reading.sensor_id,
            "measured_at": format_timestamp(reading.measured_at),
            "temperature": reading.temperature,
        }
        for reading in readings
    ]
