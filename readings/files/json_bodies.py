"""JSON files: each line, or each element of an array, is the body of a message."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from readings.csv_columns import parse_local_time
from readings.files.errors import UnreadableFile
from readings.files.records import Body, Item, Record, Rejected
from readings.files.text import TextLines
from readings.given_zone import zone_fields
from readings.model import Unit
from readings.payload import MAX_BODY_BYTES, SENSOR_FIELDS, TIME_FIELDS

NO_SPACE = re.compile("[^ \t\n\r\ufeff\x1e]")
_SEPARATOR = re.compile("[,;\t|]")
REST = ": the rest of the file is not read"
# An element is at most as long as a body; the text of two is always enough to parse the next one.
MAX_ELEMENT_CHARACTERS = 2 * MAX_BODY_BYTES


@dataclass(frozen=True)
class JsonLayout:
    """A JSON Lines file, or a file with one JSON array or object (`is_array`)."""

    is_array: bool
    encoding: str | None = None
    sensor_field: str | None = None
    zone: tzinfo | None = None

    @property
    def implicit_sensor(self) -> str | None:
        """The field of the sensor, if the operator did not name it."""
        return None if self.sensor_field else " or ".join(SENSOR_FIELDS)

    def describe(self) -> Iterator[tuple[str, str]]:
        """Yield what was recognised, as a name and a text for people."""
        yield "format", "one JSON array or object" if self.is_array else "JSON Lines, a message per line"

    def read(self, lines: TextLines) -> Iterator[Item]:
        """Yield each message, in the order of the file."""
        if self.is_array:
            return _ArrayReader(lines.parts()).read()
        return (_body(lines.number, text) for line in lines if (text := line.strip()))


def check_json(first_lines: Sequence[str]) -> None:
    """Require that the first two lines with text do not look like those of a CSV file.

    Raises:
        UnreadableFile: When they do.
    """
    is_csv = len(first_lines) > 1 and all(_SEPARATOR.search(line) for line in first_lines)
    if is_csv and not any(line.lstrip("\ufeff\x1e \t").startswith(("{", "[")) for line in first_lines):
        raise UnreadableFile("the file seems to be CSV and not JSON: set --format csv")


def is_document(first_lines: Sequence[str]) -> bool:
    """Return whether a file is one array, or objects over several lines, by its first two lines with text."""
    first, second = (*first_lines, "", "")[:2]
    text = first.strip().lstrip("\ufeff\x1e")
    if not text.startswith("{"):
        return text.startswith("[")
    try:
        json.loads(text.removesuffix(","))
    except (ValueError, RecursionError):
        return bool(second) and not second.lstrip().startswith("{")
    return False


class _ArrayReader:
    """Reads the elements of an array, or objects without one, in constant memory."""

    def __init__(self, parts: Iterator[str]) -> None:
        self._parts = parts
        self._parse = json.JSONDecoder().raw_decode
        self._text = ""
        self._start = 0
        self._line = 1  # of the start

    def read(self) -> Iterator[Item]:
        """Yield the elements; after one that is no JSON, the rest of the file cannot be read."""
        in_array = self._take("[")
        is_first = True
        while not (in_array and self._take("]")):
            if in_array and not (self._fill() and (is_first or self._take(","))):
                yield Rejected(self._line, f"the array is not complete, or a comma is missing{REST}")
                return
            if not self._fill():
                if in_array:
                    yield Rejected(self._line, "the array is not complete: the file ends within it")
                return
            item = self._next_element()
            yield item
            if isinstance(item, Rejected):
                return
            is_first = False
        if self._fill():
            yield Rejected(self._line, f"more text follows the array{REST}")

    def _next_element(self) -> Item:
        while True:
            try:
                _, end = self._parse(self._text, self._start)
            except (json.JSONDecodeError, RecursionError) as error:
                if len(self._text) - self._start < MAX_ELEMENT_CHARACTERS and self._extend():
                    continue
                reason = getattr(error, "msg", "it is nested too deeply")
                return Rejected(self._line, f"is not JSON: {reason}{REST}")
            item = _body(self._line, self._text[self._start : end])
            self._advance(end)
            return item

    def _take(self, character: str) -> bool:
        """Return whether the next character is this one, and read it."""
        if not self._fill() or self._text[self._start] != character:
            return False
        self._advance(self._start + 1)
        return True

    def _fill(self) -> bool:
        """Go to the next character that is no space; return whether there is one."""
        while True:
            match = NO_SPACE.search(self._text, self._start)
            self._advance(match.start() if match else len(self._text))
            if match or not self._extend():
                return bool(match)

    def _extend(self) -> bool:
        part = next(self._parts, None)
        if part is None:
            return False
        self._text, self._start = self._text[self._start :] + part, 0
        return True

    def _advance(self, end: int) -> None:
        self._line += self._text.count("\n", self._start, end)
        self._start = end


def _body(line: int, text: str) -> Body | Rejected:
    try:
        return Body(line, text.encode(errors="surrogateescape"))
    except UnicodeEncodeError:
        return Rejected(line, "the text is not Unicode")


def local_record(body: Body) -> Record | None:
    """Return sensor and time of a message as a record; None if it has not one time as text."""
    fields = _fields(body)
    name = _time_field(fields)
    if name is None:
        return None
    sensor = next((str(fields[field]) for field in SENSOR_FIELDS if fields.get(field) is not None), None)
    try:
        return Record(body.line, sensor, parse_local_time(fields[name]), 0.0, Unit.CELSIUS, {})
    except ValueError:
        return None


def with_time(body: Body, moment: datetime) -> Body:
    """Return the message with this time, if it has one."""
    fields = _fields(body)
    name = _time_field(fields)
    if name is None:
        return body
    return body._replace(body=json.dumps({**fields, name: moment.isoformat()}).encode())


def _fields(body: Body) -> dict[str, Any]:
    """Return the fields of a message; none if it is no object, or has a field twice."""
    try:
        pairs = json.loads(body.body, object_pairs_hook=list)
    except (ValueError, RecursionError):
        return {}
    is_object = isinstance(pairs, list) and all(isinstance(pair, tuple) for pair in pairs)
    fields = dict(pairs) if is_object else {}
    return fields if len(fields) == len(pairs if is_object else {}) else {}


def _time_field(fields: dict[str, Any]) -> str | None:
    if any(zone_fields(fields.items())):
        return None
    names = [name for name in TIME_FIELDS if isinstance(fields.get(name), str)]
    return names[0] if len(names) == 1 else None
