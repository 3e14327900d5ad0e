"""Columns that seem to have temperatures, but are not read: those of a second probe, for example."""

import re
from collections.abc import Sequence

from readings.files.csv_columns import Columns
from readings.meanings import is_other_quantity
from readings.model import Unit
from readings.units import NumberedLetter, UnknownUnit, find_unit

_TEMPERATURE = re.compile(r"temp(?:erat|s?\b|s?[^a-z])", re.IGNORECASE)
# Values that are computed, set, or limits.
_DERIVED = re.compile(
    r"dew|dpt|taupunkt|roc[ií]o|ros[ée]e|orvalho|rugiada|wet|heat|feels|apparent|chill|wind|min|max|avg|average"
    r"|mean|mittel|media|high|low|alarm|set|target|soll|limit|threshold|offset|unit|index|flag|quality|status",
    re.IGNORECASE,
)


def find_unread_temperatures(header: Sequence[str], columns: Columns) -> tuple[int, ...]:
    """Return the indexes of columns that are not read and seem to have measured temperatures."""
    if columns.is_export:
        return ()
    read = {value.index for value in columns.values} | {columns.sensor, columns.unit}
    return tuple(
        index
        for index, name in enumerate(header)
        if index not in read and _is_temperature(name) and not _DERIVED.search(name)
    )


def _is_temperature(name: str) -> bool:
    if is_other_quantity(name):
        return False
    try:
        unit = find_unit(name)
    except NumberedLetter:
        unit = None
    except UnknownUnit:
        return False
    return unit in (Unit.CELSIUS, Unit.FAHRENHEIT) or _TEMPERATURE.search(name) is not None
