"""Columns that mark the values of their rows as good or bad."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from readings.files.csv_columns import Columns
from readings.files.errors import Ambiguity, Choice, ExcludedValue, InvalidRow
from readings.meanings import compact
from readings.quality import is_bad_text, is_unclear_text, marking_of
from runtime.text import quote_value

# Of NOAA's archives, such as `TAVG_ATTRIBUTES`: flags of measurement, quality and source, as in `H,X,S`.
_ATTRIBUTES = "attributes"
_QUALITY_ATTRIBUTE = 1


class _Mark(NamedTuple):
    """A column with marks. `kind` is its name without that of the value column that it belongs to, if any."""

    column: int
    name: str
    kind: str
    owner: int | None


class QualityColumns:
    """Checks the columns that mark values as good or bad, and that `--where` does not name.

    Most belong to the whole row. A column whose name is that of a value column and a word for quality, such
    as `attic_flag`, belongs to that column.
    """

    def __init__(self, header: Sequence[str], columns: Columns) -> None:
        values = {value.index for value in columns.values}
        used = {columns.time, columns.time_of_day, columns.sensor, columns.unit, *columns.extras.values()}
        used |= values | {index for index, _ in columns.where}
        self._marks = [
            mark
            for index, name in enumerate(header)
            if index not in used and not columns.is_export
            for mark in _marks(index, name, {value: header[value] for value in values})
        ]

    def check(self, fields: Sequence[str], value: int) -> None:
        """Check the value in this column of a row.

        Raises:
            ExcludedValue: When its source marks it as bad.
            InvalidRow: When a mark may be one of good or of bad values.
        """
        for mark in self._marks:
            text = fields[mark.column]
            if not text or mark.owner not in (None, value):
                continue
            hint = f"set --where {mark.name}=TEXT for each TEXT of the values to store"
            if _is_bad(mark.kind, text):
                raise ExcludedValue(f"the column {mark.name!r} marks the value as bad; if it is good, {hint}")
            if is_unclear_text(mark.kind, text):
                raise InvalidRow(
                    f"the column {mark.name!r} is {quote_value(text)}, which may mark a bad value: {hint}",
                    ambiguity=_ambiguity(mark.name, text),
                )


def _ambiguity(column: str, text: str) -> Ambiguity:
    """Return what a mark may mean; a value without a mark is good."""
    good = Choice(f"{text} in {column} marks good values", {"where": [[column, text], [column, ""]]})
    return Ambiguity(
        "where", (good, Choice(f"{text} in {column} marks bad values", {"where": [[column, ""]]}))
    )


def _marks(index: int, name: str, values: Mapping[int, str]) -> Iterator[_Mark]:
    """Yield what a column may mark: all values of its row, or those of a value column."""
    if marking_of(name):
        yield _Mark(index, name, name, None)
        return
    for value, value_name in values.items():
        subject = compact(value_name)
        kind = compact(name).replace(subject, "", 1) if subject in compact(name) else ""
        if subject and kind and (marking_of(kind) or kind == _ATTRIBUTES):
            yield _Mark(index, name, kind, value)


def _is_bad(kind: str, text: str) -> bool:
    if kind == _ATTRIBUTES:
        flags = text.split(",")
        return len(flags) > _QUALITY_ATTRIBUTE and bool(flags[_QUALITY_ATTRIBUTE].strip())
    return is_bad_text(kind, text)
