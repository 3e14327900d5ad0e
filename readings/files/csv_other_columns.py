"""Columns that no option uses, but that may say in which unit the temperatures are, or a factor."""

from collections.abc import Sequence
from functools import lru_cache

from readings.csv_columns import NUMBER
from readings.errors import InvalidField
from readings.factors import find_factors, may_be_factor
from readings.files.csv_columns import UNIT_AMBIGUITY, Columns
from readings.files.csv_options import CsvOptions
from readings.files.csv_units import SCALE_AMBIGUITY
from readings.files.errors import InvalidRow
from readings.unclear_unit import find_unclear_units, may_be_flag
from runtime.text import quote_value

_BOOLEANS = {"true": True, "false": False, "yes": True, "no": False}
_SETTINGS = {"scale": "set --scale, to 1 if it is no factor of the temperature", "unit": "set --unit"}


class OtherColumns:
    """Checks the columns of a file that are not read."""

    def __init__(self, header: Sequence[str], columns: Columns, options: CsvOptions) -> None:
        used = {columns.time, columns.time_of_day, columns.sensor, columns.unit, *columns.extras.values()}
        used |= {value.index for value in columns.values} | {index for index, _ in columns.where}
        self._columns = [
            (index, name, may_be_factor(name) or may_be_flag(name))
            for index, name in enumerate(header)
            if index not in used
        ]
        self._is_scale_known = options.scale is not None

    def check(self, fields: Sequence[str], *, is_whole: bool, is_unit_known: bool) -> None:
        """Reject a row in which such a column says something about the temperature.

        Raises:
            InvalidRow: When one does, and the option that decides is not set.
        """
        for index, name, may_be_number in self._columns:
            text = fields[index]
            if not text or (not may_be_number and NUMBER.fullmatch(text)):
                continue
            problem = _find_problem(name, text, is_whole=is_whole)
            if problem and not (self._is_scale_known if problem == "scale" else is_unit_known):
                raise InvalidRow(
                    f"the column {name!r} is {quote_value(text)}, so that the temperature is not clear: "
                    f"{_SETTINGS[problem]}",
                    ambiguity=SCALE_AMBIGUITY if problem == "scale" else UNIT_AMBIGUITY,
                )


@lru_cache(maxsize=4096)
def _find_problem(name: str, text: str, *, is_whole: bool) -> str | None:
    """Return which option decides what a column means: `scale` or `unit`; None if neither is required."""
    value = int(text) if text in ("0", "1") and may_be_flag(name) else _BOOLEANS.get(text.casefold(), text)
    fields = [(name, value)]
    if any(find_factors(fields, is_whole=is_whole)):
        return "scale"
    try:
        return "unit" if any(find_unclear_units(fields)) else None
    except InvalidField:
        return "unit"
