"""Units outside the header: next to a value, in a row of their own below the header, or above the header."""

import re
from collections.abc import Iterable

from readings.files.csv_columns import Columns
from readings.model import Unit
from readings.units import UnknownUnit, find_unit, parse_unit

VALUE_WITH_UNIT = re.compile(r"([+\-\u2212]?[0-9][0-9.,]*)\s*([^\d\s]\D{0,20})")


def split_unit(text: str) -> tuple[str, Unit | None]:
    """Return the number and the unit of a value such as `21.5 °C`; without a known unit, the whole text."""
    match = VALUE_WITH_UNIT.fullmatch(text)
    unit = read_unit(match[2]) if match else None
    return (match[1], unit) if match and unit else (text, None)


def read_unit(text: str) -> Unit | None:
    """Return the unit that a text is; None if it is none."""
    try:
        return parse_unit(text)
    except UnknownUnit:
        return None


def check_units_row(fields: list[str], columns: Columns, line: int) -> None:
    """Require that a row of units below the header gives the units that are used.

    Raises:
        LookupError: When it gives another one.
    """
    for value in columns.values:
        unit = read_unit(fields[value.index]) if value.index < len(fields) else None
        if unit not in (None, value.default_unit):
            raise LookupError(f"line {line} gives the unit {unit} for the column {value.name!r}: set --unit")


def check_preamble(texts: Iterable[tuple[int, str]], columns: Columns) -> None:
    """Require that lines above the header give no other unit than the one that is used by default.

    Raises:
        LookupError: When one does, so that the unit must be named.
    """
    if columns.unit is not None or all(value.unit or value.requested_unit for value in columns.values):
        return
    for line, text in texts:
        try:
            unit = find_unit(text)
        except UnknownUnit:
            continue
        if unit not in (None, Unit.CELSIUS):
            raise LookupError(f"line {line}, above the header, mentions {unit}: set --unit")
