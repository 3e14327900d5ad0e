"""What was recognised of a CSV file, for people."""

from collections.abc import Iterator
from typing import Protocol

from readings.files.csv_columns import Columns
from readings.files.csv_options import CsvOptions

DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", " ": "space"}


class _Layout(Protocol):
    @property
    def options(self) -> CsvOptions: ...
    @property
    def encoding(self) -> str: ...
    @property
    def delimiter(self) -> str: ...
    @property
    def header_line(self) -> int: ...
    @property
    def header(self) -> list[str]: ...
    @property
    def columns(self) -> Columns: ...


def describe_layout(layout: _Layout) -> Iterator[tuple[str, str]]:
    """Yield what was recognised, as a name and a text."""
    yield "encoding", layout.encoding.removesuffix("-sig")
    yield "delimiter", DELIMITER_NAMES.get(layout.delimiter, layout.delimiter)
    yield "header", f"line {layout.header_line}: {', '.join(layout.header)}" if layout.header_line else "none"
    columns = layout.columns
    if columns.sensor is not None:
        yield "sensor", f"column {layout.header[columns.sensor]}"
    time_of_day = f" and {layout.header[columns.time_of_day]}" if columns.time_of_day is not None else ""
    notation = layout.options.time_format or "ISO 8601, or a number"
    time = layout.header[columns.time] or columns.time + 1
    yield "time", f"column {time}{time_of_day}, as {notation}"
    for value in columns.values:
        sensor = f", sensor {value.sensor}" if value.sensor else ""
        source = f", or as column {layout.header[columns.unit]} says" if columns.unit is not None else ""
        yield "temperature", f"column {value.name}, in {value.default_unit}{source}{sensor}"
