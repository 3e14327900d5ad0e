"""The format of times such as `21/08/16 9:05 PM`, decided from the whole file, or by somebody."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import chain, islice

from readings.files.errors import AmbiguousFile, Choice

_NOTATION = re.compile(
    r"(?P<first>\d{1,4})(?P<sign>[-/.])(?P<second>\d{1,2})(?P=sign)(?P<third>\d{4}|\d{2})"
    r"(?P<gap>,? |T)(?P<hour>\d{1,2})(?P<colon>[:.])\d{2}"
    r"(?P<seconds>(?P=colon)\d{2}(?P<fraction>[.,]\d{1,6})?)?(?P<space> ?)(?P<half>[AaPp][Mm])?",
    re.ASCII,
)
# Of the first rows, one has to be a time in this notation.
_CHECKED_TEXTS = 20
DAY_FIRST, MONTH_FIRST, _YEAR_FIRST = "day first", "month first", "year first"
_DATES = {DAY_FIRST: ("%d", "%m", "%Y"), MONTH_FIRST: ("%m", "%d", "%Y"), _YEAR_FIRST: ("%Y", "%m", "%d")}
_DAY = timedelta(days=1)
_LONG_YEAR = 4
_PIVOT = 69  # of two digits, as strptime reads them


def has_date_signs(text: str) -> bool:
    """Return whether a text is such a time, and not one of ISO 8601."""
    match = _NOTATION.fullmatch(text)
    return match is not None and not (len(match["first"]) == _LONG_YEAR and match["sign"] == "-")


def find_time_format(texts: Iterable[str], known: str | None = None) -> str | None:
    """Return the format of the times of a file, in order; None if they are not numbers with a date's signs.

    `known` is the order of the dates, if the file says it.

    The order of year, month and day is the only one in which all dates exist. If there are several, it is the
    only one in which each new date is the day after the one before (or, in a file with the newest row first,
    the day before).

    Raises:
        AmbiguousFile: When neither shows it.
    """
    remaining = iter(texts)
    sample = list(islice(remaining, _CHECKED_TEXTS))
    first = next((match for text in sample if (match := _NOTATION.fullmatch(text))), None)
    if first is None or not has_date_signs(first[0]):
        return None
    orders = {order: _Order(order) for order in _DATES if known in (None, order)}
    for text in chain(sample, remaining):
        match = _NOTATION.fullmatch(text)
        if match:
            parts = match["first"], match["second"], match["third"]
            orders = {name: order for name, order in orders.items() if order.add(parts)} or orders
        if len(orders) == 1:
            break
    formats = {name: _format(first, name) for name in orders}
    consecutive = [name for name, order in orders.items() if order.is_consecutive]
    decided = list(orders) if len(orders) == 1 else consecutive
    if len(decided) == 1:
        return formats[decided[0]]
    choices = tuple(Choice(name, {"time_format": text}) for name, text in formats.items())
    alternatives = " or ".join(f'--time-format "{choice.options["time_format"]}"' for choice in choices)
    raise AmbiguousFile(
        f"the dates, such as {first[0]!r}, can be read as {' or '.join(formats)}: set {alternatives}",
        "time_format",
        choices,
    )


class _Order:
    """An order of year, month and day, and what it makes of the dates of a file."""

    def __init__(self, name: str) -> None:
        self._positions = [_DATES[name].index(part) for part in ("%Y", "%m", "%d")]
        self._last: date | None = None
        self._steps: set[timedelta] = set()

    @property
    def is_consecutive(self) -> bool:
        """Whether there are several dates, and each is the day after the last, or each the day before."""
        return self._steps in ({_DAY}, {-_DAY})

    def add(self, parts: tuple[str, str, str]) -> bool:
        """Add the date of a row; return whether it exists."""
        year_text, month, day = (parts[position] for position in self._positions)
        if len(month) > 2 or len(day) > 2:  # noqa: PLR2004 (digits)
            return False
        year = int(year_text)
        if len(year_text) < _LONG_YEAR:
            year += 1900 if year >= _PIVOT else 2000
        try:
            current = date(year, int(month), int(day))
        except ValueError:
            return False
        if self._last is not None and current != self._last:
            self._steps.add(current - self._last)
        self._last = current
        return True


def _format(match: re.Match[str], order: str) -> str:
    """Return the format of strptime for a time in the notation, with the date in this order."""
    texts = (match["first"], match["second"], match["third"])
    parts = [
        "%y" if part == "%Y" and len(text) < _LONG_YEAR else part
        for part, text in zip(_DATES[order], texts, strict=True)
    ]
    hour = "%I" if match["half"] else "%H"
    seconds = f"{match['colon']}%S" if match["seconds"] else ""
    fraction = f"{match['fraction'][0]}%f" if match["fraction"] else ""
    half = f"{match['space']}%p" if match["half"] else ""
    return f"{match['sign'].join(parts)}{match['gap']}{hour}{match['colon']}%M{seconds}{fraction}{half}"
