"""Whether a file whose rows are all read as those of one sensor has rows of several devices."""

from typing import NoReturn

from readings.files.csv_layout import CsvLayout
from readings.files.errors import AmbiguousFile, Choice
from readings.files.history_file import HistoryFile
from readings.files.records import Record
from runtime.text import quote_value

# Of more devices, only as many are shown as answers.
MAX_DEVICES = 18
# A column with more names than this, each in one row, has comments and names no devices.
MAX_NAMES = 100


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
    header = [history.layout.header[index] for index in history.layout.device_columns]
    columns = [_Names() for _ in header]
    for item in history.read()[1]:
        if isinstance(item, Record):
            for names, device in zip(columns, item.devices, strict=True):
                names.add(device, item.line)
    for name, names in zip(header, columns, strict=True):
        if names.are_devices():
            _refuse(name, names.lines)


def _refuse(name: str, lines: dict[str, int]) -> NoReturn:
    (first, first_line), (second, second_line), *_ = lines.items()
    devices = list(lines)
    choices = [
        Choice(f"the column {name} names the sensor", {"sensor_column": name}),
        *(Choice(f"{name} is {device}", {"where": [[name, device]]}) for device in devices[:MAX_DEVICES]),
    ]
    if len(devices) <= MAX_DEVICES:
        everything = {"where": [[name, device] for device in devices]}
        choices.append(Choice("all are from one sensor", everything))
    raise AmbiguousFile(
        f"the column {name!r} names several devices, such as {quote_value(first)} in line {first_line} and "
        f"{quote_value(second)} in line {second_line}, and all rows would be stored as those of one sensor: "
        f"set --sensor-column {name} instead of --sensor, or select rows with --where {name}={first}, which "
        "may be repeated",
        "sensor_column",
        tuple(choices),
    )
