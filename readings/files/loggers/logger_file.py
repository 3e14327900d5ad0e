"""What is known of a file once the program that wrote it is recognised, and the lines it is recognised by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from readings.files.csv_options import CsvOptions
from readings.files.csv_rows import split_fields

DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True)
class LoggerFile:
    """A file of a known program: what an operator would have to set, and the logger's serial number.

    The serial number is the sensor, unless the options name one. With `is_unit_unknown`, neither the file nor
    the program says whether the temperatures are in °C. `date_order` is that of its times, if it is known.
    `zone_name` is a zone that the file names without its offset.
    """

    program: str
    options: CsvOptions = field(default_factory=CsvOptions)
    serial: str | None = None
    is_unit_unknown: bool = False
    date_order: str | None = None
    zone_name: str | None = None


class Row(NamedTuple):
    """A line of the sample, split at one of the delimiters; lines are counted from 1."""

    line: int
    delimiter: str
    fields: list[str]


@dataclass(frozen=True)
class Sample:
    """The first lines of a file, or the first rows of a sheet, of which each is a line."""

    lines: Sequence[str]
    delimiters: Sequence[str] = DELIMITERS

    def rows(self, delimiter: str | None = None) -> Iterator[Row]:
        """Yield the lines with several fields, split at each delimiter or at this one."""
        for number, text in enumerate(self.lines, 1):
            for character in (delimiter,) if delimiter else self.delimiters:
                fields = split_fields(text, character) if character in text else None
                if fields is not None:
                    yield Row(number, character, [field.strip() for field in fields])

    def rows_after(self, header: Row) -> Iterator[list[str]]:
        """Yield the fields of the lines below a header."""
        return (row.fields for row in self.rows(header.delimiter) if row.line > header.line)


class Logger(Protocol):
    """A program that writes files of readings."""

    def recognise(self, sample: Sample) -> LoggerFile | None:
        """Return what is known of the file; None if another program wrote it."""
