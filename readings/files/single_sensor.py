"""Whether a file whose rows are all read as those of one sensor has rows of several devices."""

import re
from collections import defaultdict
from itertools import pairwise
from typing import NoReturn

from readings.files.csv_devices import may_have_values, may_number_rows
from readings.files.csv_layout import CsvLayout
from readings.files.errors import AmbiguousFile, Choice
from readings.files.history_file import HistoryFile
from readings.files.records import Record
from runtime.text import quote_value

# Of more devices, only as many are shown as answers.
MAX_DEVICES = 18
# A column with more names than this, each in one row, has comments and names no devices.
MAX_NAMES = 100
MAX_DIGITS = 9
# Positions and times, which are no names either.
_NO_NAME = re.compile(
    r"[+-]?\d+\.\d+[,; ]+[+-]?\d+\.\d+"
    r"|(?:\d[\d./-]+[T ])?\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?(?:\s?[AaPp][Mm])?(?:Z|[+-]\d\d:?\d\d)?"
)
_MEASURED = re.compile(r"[+\-\u2212]?\d+(?:[.,]\d+)?(?:\s?°?[CFK])?")
_FRACTION = re.compile(r"[+\-\u2212]?\d+[.,]\d+(?:\s?°?[CFK])?")


class _Names:
    """The names in a column, each with its first line."""

    def __init__(self) -> None:
        self.lines: dict[str, int] = {}
        self._rows = 0

    def add(self, name: str, line: int) -> None:
        """Add the name of a row, as long as there are few."""
        if name and len(self.lines) <= MAX_NAMES:
            self._rows += 1
            self.lines.setdefault(name, line)

    def are_devices(self) -> bool:
        """Return whether there are several, which are not just a comment on each row."""
        return len(self.lines) > 1 and (len(self.lines) <= MAX_NAMES or self._rows > len(self.lines))

    def number_rows(self) -> bool:
        """Return whether the name of each row is a number, in ascending or descending order."""
        is_number = all(name.isdecimal() and len(name) <= MAX_DIGITS for name in self.lines)
        if self._rows > len(self.lines) or not is_number:
            return False
        steps = {int(second) > int(first) for first, second in pairwise(self.lines)}
        return len(steps) <= 1

    def are_no_names(self) -> bool:
        """Return whether they are positions or times, or as many numbers as measured values."""
        if all(map(_NO_NAME.fullmatch, self.lines)):
            return True
        is_many = len(self.lines) > MAX_DEVICES or any(name[0] in "-\u2212" for name in self.lines)
        return is_many and self.have_fractions() and all(map(_MEASURED.fullmatch, self.lines))

    def have_fractions(self) -> bool:
        """Return whether one of the names is a number with a fraction."""
        return any(map(_FRACTION.fullmatch, self.lines))


def names_devices(history: HistoryFile) -> bool:
    """Return whether columns may name several devices, so that all rows have to be read to know."""
    return isinstance(history.layout, CsvLayout) and bool(history.layout.device_columns)


def check_single_sensor(history: HistoryFile) -> None:
    """Require that the rows of a file that is read as one of a single sensor are from one device.

    Raises:
        AmbiguousFile: When a column names several.
    """
    if not isinstance(history.layout, CsvLayout) or not history.layout.device_columns:
        return
    found: dict[tuple[int, str | None], _Names] = defaultdict(_Names)
    for item in history.read()[1]:
        if isinstance(item, Record):
            for column, device in zip(history.layout.device_columns, item.devices, strict=True):
                found[column, item.sensor].add(device, item.line)
    for (column, sensor), names in found.items():
        name = history.layout.header[column]
        if names.are_devices() and not _are_values(name, names):
            is_named = history.layout.columns.sensor is not None
            _refuse(name, names.lines, sensor if is_named else None)


def _are_values(column: str, names: _Names) -> bool:
    """Return whether the names in a column are numbers of rows, measured values, positions or times."""
    return (
        (may_number_rows(column) and names.number_rows())
        or (may_have_values(column) and names.have_fractions())
        or names.are_no_names()
    )


def _refuse(name: str, lines: dict[str, int], sensor: str | None) -> NoReturn:
    """Refuse the devices of a column; `sensor` is the one whose channels they are, if a column names it.

    Raises:
        AmbiguousFile: Always.
    """
    (first, first_line), (second, second_line), *_ = lines.items()
    devices = list(lines)
    choices = [Choice(f"{name} is {device}", {"where": [[name, device]]}) for device in devices[:MAX_DEVICES]]
    where = f"--where {name}={first}"
    if sensor is None:
        choices.insert(0, Choice(f"the column {name} names the sensor", {"sensor_column": name}))
        problem = (
            f"all rows would be stored as those of one sensor: set --sensor-column {name} instead of "
            f"--sensor, or select rows with {where}, which may be repeated"
        )
    else:
        problem = (
            f"their rows would be stored as those of the sensor {quote_value(sensor)}: import each with "
            f"{where} and a --sensor of its own, or all as they are with a --where for each"
        )
    if len(devices) <= MAX_DEVICES:
        everything = {"where": [[name, device] for device in devices]}
        choices.append(Choice("all are from one sensor", everything))
    raise AmbiguousFile(
        f"the column {name!r} names several devices, such as {quote_value(first)} in line {first_line} and "
        f"{quote_value(second)} in line {second_line}, and {problem}",
        "sensor_column",
        tuple(choices),
    )
