"""Which columns of a table may be meant, where its header does not say it."""

from readings.files.errors import Ambiguity, Choice
from readings.meanings import is_other_quantity
from readings.units import find_clear_unit


def column_ambiguity(option: str, names: list[str]) -> Ambiguity:
    """Return the columns that may be meant.

    Of temperatures, those whose name has a unit come first, and those with another quantity are left out.
    """
    name = option.removeprefix("--").replace("-", "_")
    if name == "value_column":
        names = sorted([n for n in names if not _is_other_quantity(n)] or names, key=_has_no_unit)
        return Ambiguity("value_columns", tuple(Choice(f"column {n}", {"value_columns": [n]}) for n in names))
    return Ambiguity(name, tuple(Choice(f"column {column}", {name: column}) for column in names))


def _is_other_quantity(name: str) -> bool:
    return "%" in name or is_other_quantity(name)


def _has_no_unit(name: str) -> bool:
    return find_clear_unit(name) is None
