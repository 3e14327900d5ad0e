"""Tables whose numbers have a decimal comma."""

import re
from collections.abc import Iterable
from itertools import islice

from readings.csv_columns import DECIMAL_COMMA
from readings.files.isd import is_isd

CHECKED_NUMBERS = 50
# With a comma that may separate thousands.
_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")

_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)


def has_decimal_comma(texts: Iterable[str]) -> bool:
    """Return whether the first numbers have a decimal comma or are whole, and cannot be read otherwise.

    Spreadsheets and loggers write `4` for `4,0`. Texts without a digit, such as a unit or `Err`, say nothing.
    """
    numbers = (text for text in texts if any(map(str.isdigit, text)))
    first = list(islice(numbers, CHECKED_NUMBERS))
    with_comma = [text for text in first if DECIMAL_COMMA.fullmatch(text)]
    if not all(text in with_comma or _WHOLE.fullmatch(text) for text in first) or any(map(is_isd, first)):
        return False
    return not all(map(_GROUPS.fullmatch, with_comma))
