"""Read the rows of a CSV or JSON Lines file as messages, each with its position in the file."""

import csv
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import IO, Any, NamedTuple
from zoneinfo import ZoneInfo

from messaging.publishing.bulk import Message
from readings.csv_columns import EPOCH, column_index, parse_time
from readings.errors import InvalidReading
from readings.model import Unit
from readings.parsing import ParseContext, parse_reading
from readings.payload import MAX_BODY_BYTES, encode_reading

# A longer line is truncated to this length, which makes it invalid.
MAX_LINE_BYTES = MAX_BODY_BYTES + 1
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
SENSOR_COLUMNS = ("sensor_id", "id")
TIME_COLUMNS = ("measured_at", "timestamp", "data")
VALUE_COLUMNS = ("temperature", "temperatura")
OPTIONAL_COLUMNS = ("unit", "reading_id", "run_id", "sequence")


class FilePosition(NamedTuple):
    """The end of a line: the bytes and lines up to it, and how many readings were published or skipped."""

    offset: int = 0
    lines: int = 0
    published: int = 0
    skipped: int = 0


class InvalidRow(Exception):
    """A row is invalid; the message is the reason."""


class LineReader:
    """Iterates over the lines of a file; `offset` is the end of the last line, and `number` its number.

    A line over MAX_LINE_BYTES is truncated and sets `truncated`.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.offset = self.number = 0
        self.truncated = False

    def seek(self, position: FilePosition) -> None:
        """Continue after this position."""
        self._file.seek(position.offset)
        self.offset, self.number = position.offset, position.lines

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        line = part = self._file.readline(MAX_LINE_BYTES)
        if not line:
            raise StopIteration
        self.offset += len(part)
        while len(part) == MAX_LINE_BYTES and not part.endswith(b"\n"):
            part = self._file.readline(MAX_LINE_BYTES)
            self.offset += len(part)
            self.truncated = self.truncated or bool(part)
        self.number += 1
        return line.removeprefix(BYTE_ORDER_MARK) if self.number == 1 else line


# Yields the body of a message for each row, or why the row is invalid.
RowReader = Callable[[LineReader], Iterator[bytes | InvalidRow]]


def read_json_rows(lines: LineReader) -> Iterator[bytes | InvalidRow]:
    """Yield each line that is not empty as the body of a message."""
    return filter(None, (line.strip() for line in lines))


@dataclass(frozen=True)
class Columns:
    """The columns of a CSV file, by name or by number from 1; by default they are named as in messages.

    All rows belong to `sensor` if it is set. `unit` applies to rows without a unit. A time that is a number
    counts steps of `time_step` seconds from `time_origin`.
    """

    sensor: str | None = None
    sensor_column: str | None = None
    time_column: str | None = None
    value_column: str | None = None
    unit: Unit = Unit.CELSIUS
    time_zone: tzinfo = UTC
    time_origin: datetime = EPOCH
    time_step: float = 1.0

    def row_reader(self, header: list[str]) -> RowReader:
        """Return a reader for the rows of a file with this header.

        Raises:
            LookupError: When a column is missing.
        """
        indexes = {"measured_at": _find_column(header, "--time-column", self.time_column, TIME_COLUMNS)}
        indexes["temperature"] = _find_column(header, "--value-column", self.value_column, VALUE_COLUMNS)
        if self.sensor is None:
            indexes["sensor_id"] = _find_column(header, "--sensor-column", self.sensor_column, SENSOR_COLUMNS)
        indexes |= {name: header.index(name) for name in OPTIONAL_COLUMNS if name in header}
        return lambda lines: self._read_rows(lines, indexes)

    def _read_rows(self, lines: LineReader, indexes: dict[str, int]) -> Iterator[bytes | InvalidRow]:
        rows = read_csv_rows(lines)
        while True:
            lines.truncated = False
            try:
                row = next(rows)
                if row:
                    yield self._encode_row(row, indexes, truncated=lines.truncated)
            except StopIteration:
                return
            except csv.Error as error:
                yield InvalidRow(str(error))
            except InvalidRow as error:
                yield error

    def _encode_row(self, row: list[str], indexes: dict[str, int], *, truncated: bool) -> bytes:
        if truncated:
            raise InvalidRow(f"the line has more than {MAX_LINE_BYTES} bytes")
        texts = {name: row[i] for name, i in indexes.items() if i < len(row) and row[i].strip()}
        if missing := [name for name in indexes if name not in texts and name not in OPTIONAL_COLUMNS]:
            raise InvalidRow(f"{missing[0]} is missing")
        body: dict[str, Any] = {"sensor_id": self.sensor, "unit": self.unit.value} | texts
        body["measured_at"] = self._parse_time(texts["measured_at"])
        body["temperature"] = _parse_number(float, "temperature", texts["temperature"])
        if not math.isfinite(body["temperature"]):
            raise InvalidRow(f"temperature is {texts['temperature']!r}: must be a finite number")
        if "sequence" in texts:
            body["sequence"] = _parse_number(int, "sequence", texts["sequence"])
        try:
            return json.dumps(body, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise InvalidRow("the row is not UTF-8") from None

    def _parse_time(self, text: str) -> str:
        try:
            return parse_time(
                text, zone=self.time_zone, origin=self.time_origin, step_seconds=self.time_step
            ).isoformat()
        except ValueError as error:
            raise InvalidRow(f"measured_at is {text!r}: {error}") from None


def read_csv_rows(lines: LineReader) -> Iterator[list[str]]:
    """Return an iterator of all rows; it reads no line ahead, and may raise csv.Error."""
    return csv.reader(line.decode(errors="surrogateescape") for line in lines)


class MessageReader:
    """Iterates over the messages of a file in order; `position` is the end of the last row.

    A row that is not a valid reading is counted, reported to `on_invalid` with its line and the reason, and
    skipped. A reading without an ID gets the one that a consumer would derive, so that repeated imports are
    recognised as duplicates.
    """

    def __init__(
        self,
        lines: LineReader,
        rows: RowReader,
        zone: ZoneInfo,
        position: FilePosition,
        on_invalid: Callable[[int, str], None],
    ) -> None:
        self._lines = lines
        self._rows = rows
        self._zone = zone
        self._on_invalid = on_invalid
        self.position = position

    def __iter__(self) -> Iterator[Message]:
        for row in self._rows(self._lines):
            try:
                message = self._to_message(row)
            except (InvalidReading, InvalidRow) as error:
                self.position = self._advance(skipped=1)
                self._on_invalid(self._lines.number, getattr(error, "detail", str(error)))
            else:
                self.position = self._advance(published=1)
                yield message._replace(context=self.position)

    def _to_message(self, row: bytes | InvalidRow) -> Message:
        if isinstance(row, InvalidRow):
            raise row
        reading = parse_reading(row, ParseContext(self._zone, datetime.now(UTC)))
        body = encode_reading(reading, reading.temperature, Unit.CELSIUS)
        return Message(reading.sensor_id, str(reading.reading_id), body, None)

    def _advance(self, *, published: int = 0, skipped: int = 0) -> FilePosition:
        return FilePosition(
            self._lines.offset,
            self._lines.number,
            self.position.published + published,
            self.position.skipped + skipped,
        )


def _find_column(header: list[str], option: str, column: str | None, defaults: tuple[str, ...]) -> int:
    try:
        if column is not None:
            return column_index(header, column)
        return next(header.index(name) for name in defaults if name in header)
    except StopIteration:
        raise LookupError(f"no column is named {' or '.join(defaults)}: set {option}") from None
    except LookupError as error:
        raise LookupError(f"{option} is {column!r}; {error}") from None


def _parse_number(number_type: type[float] | type[int], name: str, text: str) -> float:
    try:
        return number_type(text)
    except ValueError:
        raise InvalidRow(f"{name} is {text!r}: must be a number") from None
