"""The rows of a CSV file, each with the number of its first line; a stray quote costs only its own line."""

import csv
import re
from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

from readings.files.records import Rejected
from readings.files.text import MAX_LINE_CHARACTERS, TextLines
from runtime.text import quote_value

QUOTE = '"'
# As many rows show what the last field of a row looks like.
COMPARED_ROWS = 20
_LEADING_NUMBER = re.compile(r"[+\-\u2212]?\d+")
_DIGIT = re.compile(r"\d")
QUOTE_HINT = "write it twice inside a quoted field, or remove it"


class Line(NamedTuple):
    """A line of the file; `truncated` if it is too long, and not `complete` if the file ends within it."""

    number: int
    text: str
    truncated: bool = False
    complete: bool = True


class Row(NamedTuple):
    """The fields of a row, and its first line."""

    line: int
    fields: list[str]
    complete: bool = True


def split_fields(text: str, delimiter: str) -> list[str] | None:
    """Return the fields of a row, or None if its quotes do not match."""
    if QUOTE not in text:
        return text.split(delimiter)
    try:
        # A quoted field may follow a space after the delimiter: a, "21,5"
        skip = delimiter != " "
        return next(csv.reader([text], delimiter=delimiter, strict=True, skipinitialspace=skip))
    except csv.Error:
        return None


class CutCheck:
    """Finds a last row that the end of the file has cut: `1` below `14.2`, or `68.3` below `68.1 °F`."""

    def __init__(self) -> None:
        self._recent: deque[list[str]] = deque(maxlen=COMPARED_ROWS)

    def is_cut(self, fields: list[str]) -> bool:
        """Return whether the last field is only the start of one like those of the rows before."""
        shapes = {(len(row), _shape(row[-1])) for row in self._recent}
        if len(self._recent) < COMPARED_ROWS or len(shapes) > 1:
            return False
        (width, shape), found = shapes.pop(), _shape(fields[-1])
        return len(fields) == width and found != shape and shape.startswith(found)

    def add(self, fields: list[str]) -> None:
        """Add a row that has a line end."""
        self._recent.append(fields)


def _shape(text: str) -> str:
    """Return what follows the digits that a text starts with, with 9 for each digit."""
    return _DIGIT.sub("9", _LEADING_NUMBER.sub("", text.strip(), count=1))


class RowReader:
    """Iterates over the rows that are not blank.

    A quoted field may contain line breaks. If a line within it is a row of its own according to `is_row`, or
    the quote is never closed, it is a stray quote: its line is rejected, and the next line is read again.
    """

    def __init__(self, lines: TextLines, delimiter: str, is_row: Callable[[list[str]], bool]) -> None:
        self._lines = lines
        self._delimiter = delimiter
        self._is_row = is_row
        self._pushed_back: deque[Line] = deque()
        self._cuts = CutCheck()

    def __iter__(self) -> Iterator[Row | Rejected]:
        while line := self._next_line():
            if line.truncated:
                yield Rejected(line.number, f"the line has more than {MAX_LINE_CHARACTERS - 1} characters")
            elif line.text.strip():
                yield self._check_cut(self._read_row(line))

    def _check_cut(self, row: Row | Rejected) -> Row | Rejected:
        if isinstance(row, Rejected):
            return row
        if not row.complete and self._cuts.is_cut(row.fields):
            return Rejected(
                row.line,
                f"the file ends within this row: its last field is {quote_value(row.fields[-1])}, shorter "
                "than in the rows before; if it is complete, end the row with a line break",
            )
        self._cuts.add(row.fields)
        return row

    def _next_line(self) -> Line | None:
        if self._pushed_back:
            return self._pushed_back.popleft()
        text = next(self._lines, None)
        if text is None:
            return None
        return Line(self._lines.number, text, self._lines.truncated, self._lines.complete)

    def _read_row(self, first: Line) -> Row | Rejected:
        fields = split_fields(first.text, self._delimiter)
        if fields is not None:
            return Row(first.number, fields, first.complete)
        return self._read_open_row(first)

    def _read_open_row(self, first: Line) -> Row | Rejected:
        """Read on until the quote that is open at the end of the line is closed."""
        text, following = first.text, list[Line]()
        while self._is_open(text) and len(text) < MAX_LINE_CHARACTERS and (line := self._next_line()):
            following.append(line)
            if self._is_row(split_fields(line.text, self._delimiter) or []):
                break
            text = f"{text}\n{line.text}"
            fields = split_fields(text, self._delimiter)
            if fields is not None:
                return Row(first.number, fields, line.complete)
        self._pushed_back.extendleft(reversed(following))
        problem = "is not closed" if self._is_open(first.text) else "is inside a field"
        return Rejected(first.number, f"a quote ({QUOTE}) {problem}: {QUOTE_HINT}")

    def _is_open(self, text: str) -> bool:
        return split_fields(text + QUOTE, self._delimiter) is not None
