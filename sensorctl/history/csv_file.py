"""From the lines of a file to messages, each with its place in the file."""

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

# Of a longer line only so much is kept, which is refused.
LONGEST_LINE_BYTES = MAX_BODY_BYTES + 1
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
SENSOR_COLUMNS = ("sensor_id", "id")
TIME_COLUMNS = ("measured_at", "timestamp", "data")
VALUE_COLUMNS = ("temperature", "temperatura")
OPTIONAL_COLUMNS = ("unit", "reading_id", "run_id", "sequence")


class Place(NamedTuple):
    """A place behind a line of the file: bytes and lines before it, and what became of their readings."""

    offset: int = 0
    lines: int = 0
    published: int = 0
    refused: int = 0


class InvalidRow(Exception):
    """A row cannot be read; the message is the reason."""


class Lines:
    """The lines of a file; `offset` is behind the last one that was taken, `number` is its own.

    `cut` becomes true with a line of more than LONGEST_LINE_BYTES, of which only so many are given.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.offset = self.number = 0
        self.cut = False

    def go_to(self, place: Place) -> None:
        """Go on behind this place."""
        self._file.seek(place.offset)
        self.offset, self.number = place.offset, place.lines

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        line = part = self._file.readline(LONGEST_LINE_BYTES)
        if not line:
            raise StopIteration
        self.offset += len(part)
        while len(part) == LONGEST_LINE_BYTES and not part.endswith(b"\n"):
            part = self._file.readline(LONGEST_LINE_BYTES)
            self.offset += len(part)
            self.cut = self.cut or bool(part)
        self.number += 1
        return line.removeprefix(BYTE_ORDER_MARK) if self.number == 1 else line


# Gives the body of a message for each row, or why there is none.
Rows = Callable[[Lines], Iterator[bytes | InvalidRow]]


def json_rows(lines: Lines) -> Iterator[bytes | InvalidRow]:
    """Each line that is not empty is a message."""
    return filter(None, (line.strip() for line in lines))


@dataclass(frozen=True)
class Columns:
    """Which columns of a CSV file mean what, by header or by number from 1; without a name, as in messages.

    All rows are of `sensor` if it is set, and in `unit` where they do not say. A time that is a number
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

    def rows(self, header: list[str]) -> Rows:
        """How to read the rows of a file with this header. Raises LookupError when a column is missing."""
        places = {"measured_at": _place(header, "--time-column", self.time_column, TIME_COLUMNS)}
        places["temperature"] = _place(header, "--value-column", self.value_column, VALUE_COLUMNS)
        if self.sensor is None:
            places["sensor_id"] = _place(header, "--sensor-column", self.sensor_column, SENSOR_COLUMNS)
        places |= {name: header.index(name) for name in OPTIONAL_COLUMNS if name in header}
        return lambda lines: self._rows(lines, places)

    def _rows(self, lines: Lines, places: dict[str, int]) -> Iterator[bytes | InvalidRow]:
        rows = csv_rows(lines)
        while True:
            lines.cut = False
            try:
                row = next(rows)
                if row:
                    yield self._body(row, places, whole=not lines.cut)
            except StopIteration:
                return
            except csv.Error as error:
                yield InvalidRow(str(error))
            except InvalidRow as wrong:
                yield wrong

    def _body(self, row: list[str], places: dict[str, int], *, whole: bool) -> bytes:
        if not whole:
            raise InvalidRow(f"the line has more than {LONGEST_LINE_BYTES} bytes")
        texts = {name: row[at] for name, at in places.items() if at < len(row) and row[at].strip()}
        if lacking := [name for name in places if name not in texts and name not in OPTIONAL_COLUMNS]:
            raise InvalidRow(f"{lacking[0]} is missing")
        body: dict[str, Any] = {"sensor_id": self.sensor, "unit": self.unit.value} | texts
        body["measured_at"] = self._time(texts["measured_at"])
        body["temperature"] = _number(float, "temperature", texts["temperature"])
        if not math.isfinite(body["temperature"]):
            raise InvalidRow(f"temperature is {texts['temperature']!r}: must be a finite number")
        if "sequence" in texts:
            body["sequence"] = _number(int, "sequence", texts["sequence"])
        try:
            return json.dumps(body, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise InvalidRow("the row is not UTF-8") from None

    def _time(self, text: str) -> str:
        try:
            return parse_time(
                text, zone=self.time_zone, origin=self.time_origin, step_seconds=self.time_step
            ).isoformat()
        except ValueError as error:
            raise InvalidRow(f"measured_at is {text!r}: {error}") from None


def csv_rows(lines: Lines) -> Iterator[list[str]]:
    """The rows, which take lines only as they are asked for; empty ones too. Raises csv.Error for one."""
    return csv.reader(line.decode(errors="surrogateescape") for line in lines)


class Messages:
    """The messages of a file, in their order; `place` is behind the last row that was read.

    A row that cannot become a reading is told with its line and the reason, counted and passed over.
    Readings are the same, with the same reading_id, however often and in whichever dialect they come.
    """

    def __init__(
        self, lines: Lines, rows: Rows, zone: ZoneInfo, place: Place, tell: Callable[[int, str], None]
    ) -> None:
        self._lines = lines
        self._rows = rows
        self._zone = zone
        self._tell = tell
        self.place = place

    def __iter__(self) -> Iterator[Message]:
        for row in self._rows(self._lines):
            try:
                message = self._message(row)
            except (InvalidReading, InvalidRow) as error:
                self.place = self._behind(refused=1)
                self._tell(self._lines.number, getattr(error, "detail", str(error)))
            else:
                self.place = self._behind(published=1)
                yield message._replace(context=self.place)

    def _message(self, row: bytes | InvalidRow) -> Message:
        if isinstance(row, InvalidRow):
            raise row
        reading = parse_reading(row, ParseContext(self._zone, datetime.now(UTC)))
        body = encode_reading(reading, reading.temperature, Unit.CELSIUS)
        return Message(reading.sensor_id, str(reading.reading_id), body, None)

    def _behind(self, *, published: int = 0, refused: int = 0) -> Place:
        before = self.place
        return Place(
            self._lines.offset, self._lines.number, before.published + published, before.refused + refused
        )


def _place(header: list[str], option: str, chosen: str | None, usual: tuple[str, ...]) -> int:
    try:
        if chosen is not None:
            return column_index(header, chosen)
        return next(header.index(name) for name in usual if name in header)
    except StopIteration:
        raise LookupError(f"no column is called {' or '.join(usual)}: name one with {option}") from None
    except LookupError as error:
        raise LookupError(f"{option} is {chosen!r}; {error}") from None


def _number(kind: type[float] | type[int], name: str, text: str) -> float:
    try:
        return kind(text)
    except ValueError:
        raise InvalidRow(f"{name} is {text!r}: must be a number") from None
