"""Tables whose numbers have a decimal comma."""

import re
from collections.abc import Iterable
from itertools import islice

from readings.csv_columns import DECIMAL_COMMA
from readings.files.isd import is_isd

CHECKED_NUMBERS = 50
# With a comma that may separate thousands.
_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")


def has_decimal_comma(texts: Iterable[str]) -> bool:
    """Return whether the first numbers have a decimal comma, and cannot be read otherwise."""
    first = list(islice(texts, CHECKED_NUMBERS))
    if not first or not all(map(DECIMAL_COMMA.fullmatch, first)) or any(map(is_isd, first)):
        return False
    return not all(map(_GROUPS.fullmatch, first))
