"""Units outside the header: next to a value, in a row of their own below the header, or above the header."""

import re
from collections.abc import Sequence

from readings.factors import is_scale
from readings.files.csv_columns import UNIT_AMBIGUITY, Columns
from readings.files.csv_options import CsvOptions
from readings.files.errors import Ambiguity, AmbiguousLookup, Choice
from readings.files.isd import is_isd
from readings.model import Unit
from readings.unclear_unit import mentions_other_unit
from readings.units import UnknownUnit, find_clear_unit, parse_unit

SCALE_AMBIGUITY = Ambiguity(
    "scale",
    tuple(
        Choice(label, {"scale": scale})
        for label, scale in (("degrees", 1), ("tenths of a degree", 0.1), ("hundredths of a degree", 0.01))
    ),
)
VALUE_WITH_UNIT = re.compile(r"([+\-\u2212]?[0-9][0-9.,]*)\s*([^\d\s]\D{0,20})")


def split_unit(text: str) -> tuple[str, Unit | None]:
    """Return the number and the unit of a value such as `21.5 °C`; without a known unit, the whole text."""
    match = None if is_isd(text) else VALUE_WITH_UNIT.fullmatch(text)
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
        AmbiguousLookup: When it gives another one, and none was requested.
        LookupError: When it is not the requested one.
    """
    for value in columns.values:
        unit = read_unit(fields[value.index]) if value.index < len(fields) else None
        if unit in (None, value.default_unit):
            continue
        given = f"line {line} gives the unit {unit} for the column {value.name!r}"
        if value.requested_unit:
            raise LookupError(
                f"{given}, and --unit is {value.requested_unit}: correct the line if it is wrong"
            )
        choice = Choice(f"in {unit}", {"units": [unit]})
        raise AmbiguousLookup(f"{given}: set --unit {unit}", Ambiguity("units", (choice,)))


def check_preamble(texts: Sequence[tuple[int, str]], columns: Columns, options: CsvOptions) -> None:
    """Require that lines above the header give no scale, and no other unit than the one that is used.

    Raises:
        AmbiguousLookup: When one does, so that the scale or the unit must be named.
    """
    for line, text in texts:
        if options.scale is None and is_scale(text):
            raise AmbiguousLookup(
                f"line {line}, above the header, mentions a scale: set --scale", SCALE_AMBIGUITY
            )
    if columns.unit is not None or all(value.unit or value.requested_unit for value in columns.values):
        return
    for line, text in texts:
        unit = find_clear_unit(text)
        if unit not in (None, Unit.CELSIUS) or (unit is None and mentions_other_unit(text)):
            raise AmbiguousLookup(
                f"line {line}, above the header, mentions {unit or 'a unit'}: set --unit", UNIT_AMBIGUITY
            )
