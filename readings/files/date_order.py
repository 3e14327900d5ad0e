"""The format of times such as `21/08/16 9:05 PM`, decided from the whole file, or by somebody."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import chain, islice

from readings.files.errors import AmbiguousFile, Choice

_NOTATION = re.compile(
    r"(?P<first>\d{1,4})(?P<sign>[-/.])(?P<second>\d{1,2})(?P=sign)(?P<third>\d{4}|\d{2})"
    r"(?P<gap>,? |T)(?P<hour>\d{1,2})(?P<colon>[:.])(?P<minute>\d{2})"
    r"(?P<seconds>(?P=colon)\d{2}(?P<fraction>[.,]\d{1,6})?)?(?P<space> ?)(?P<half>[AaPp][Mm])?",
    re.ASCII,
)
# Of the first rows, one has to be a time in this notation.
_CHECKED_TEXTS = 20
DAY_FIRST, MONTH_FIRST, _YEAR_FIRST = "day first", "month first", "year first"
_DATES = {DAY_FIRST: ("%d", "%m", "%Y"), MONTH_FIRST: ("%m", "%d", "%Y"), _YEAR_FIRST: ("%Y", "%m", "%d")}
_DAY = timedelta(days=1)
# Rows on both sides of midnight. Values of a month, whose dates in the other order are days that follow each
# other, are 24 hours from each other in that order.
_SHORT_GAP = timedelta(hours=12)
_MONTH_DAYS = range(28, 32)
_LONG_YEAR = 4
_PIVOT = 69  # of two digits, as strptime reads them


def has_date_signs(text: str) -> bool:
    """Return whether a text is such a time, and not one of ISO 8601."""
    match = _NOTATION.fullmatch(text)
    return match is not None and not (len(match["first"]) == _LONG_YEAR and match["sign"] == "-")


def has_date(text: str) -> bool:
    """Return whether a text is such a time, also one of ISO 8601 without an offset, or such a date."""
    return _match_date(text) is not None


def check_notations(texts: Iterable[str]) -> None:
    """Require that the dates of a file have one notation, unless the year is first in all of them.

    A spreadsheet that expects the month first reads `12/1/2024` as the 1st of December, and saves it in the
    notation of its own dates; `13/1/2024` stays as it is.

    Raises:
        AmbiguousFile: When they have several; `texts` are the times of all rows.
    """
    shown: dict[tuple[str, bool], str] = {}
    for text in texts:
        match = _match_date(text)
        if match is None or (notation := _notation(match)) in shown:
            continue
        if any(_Order(order).add(match) for order in _DATES):
            shown[notation] = text
        if len(shown) > 1 and not all(is_year_first for _, is_year_first in shown):
            first, second = shown.values()
            raise AmbiguousFile(
                f"the dates have several notations, such as {first!r} and {second!r}: a spreadsheet has "
                "perhaps exchanged day and month of those that it read as dates. Import the original file, "
                "or correct the column; or set --time-format to read one notation and refuse the others",
                "time_format",
            )


def _match_date(text: str) -> re.Match[str] | None:
    return _NOTATION.fullmatch(text) or _NOTATION.fullmatch(f"{text} 00:00")


def _notation(match: re.Match[str]) -> tuple[str, bool]:
    """Return the sign between the parts of a date, and whether it begins with a year of four digits."""
    return match["sign"], len(match["first"]) == _LONG_YEAR


def find_time_format(texts: Iterable[str], known: str | None = None) -> str | None:
    """Return the format of the times of a file, in order; None if they are not numbers with a date's signs.

    `known` is the order of the dates, if the file says it.

    The order of year, month and day is the only one in which all dates exist. If there are several, it is the
    only one in which each new date is the day after the one before (or, in a file with the newest row first,
    the day before), unless the dates are those of months in another order, and rows do not go on at midnight.
    Otherwise, dates with dots have the day before the month: no language writes the month first with dots.

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
            orders = {name: order for name, order in orders.items() if order.add(match)} or orders
        if len(orders) == 1:
            break
    formats = {name: _format(first, name) for name in _select(orders, first["sign"])}
    if len(formats) == 1:
        return next(iter(formats.values()))
    choices = tuple(Choice(name, {"time_format": text}) for name, text in formats.items())
    alternatives = " or ".join(f'--time-format "{choice.options["time_format"]}"' for choice in choices)
    raise AmbiguousFile(
        f"the dates, such as {first[0]!r}, can be read as {' or '.join(formats)}: set {alternatives}",
        "time_format",
        choices,
    )


def _select(orders: dict[str, "_Order"], sign: str) -> list[str]:
    """Return the order that the dates of a file show, or else all that may be meant."""
    consecutive = [name for name, order in orders.items() if order.is_consecutive]
    if len(consecutive) == 1 and orders[consecutive[0]].goes_on_at_midnight:
        return consecutive
    names = [name for name in orders if name != MONTH_FIRST or sign != "." or DAY_FIRST not in orders]
    shown = [name for name in names if name in consecutive]
    is_monthly = any(orders[name].is_monthly for name in names if name not in shown)
    return shown if len(shown) == 1 and not is_monthly else names


class _Order:
    """An order of year, month and day, and what it makes of the dates of a file."""

    def __init__(self, name: str) -> None:
        self._positions = [_DATES[name].index(part) for part in ("%Y", "%m", "%d")]
        self._last: tuple[date, re.Match[str]] | None = None
        # From one date to the next.
        self._steps: Counter[timedelta] = Counter()
        self._short_gaps = 0

    @property
    def is_consecutive(self) -> bool:
        """Whether there are several dates, and each is the day after the last, or each the day before."""
        return set(self._steps) in ({_DAY}, {-_DAY})

    @property
    def is_monthly(self) -> bool:
        """Whether there are several dates, and each is about a month from the last."""
        return bool(self._steps) and all(abs(step.days) in _MONTH_DAYS for step in self._steps)

    @property
    def goes_on_at_midnight(self) -> bool:
        """Whether most dates begin within 12 hours of the last row before, as those of a logger."""
        return self._short_gaps * 2 > self._steps.total()

    def add(self, row: re.Match[str]) -> bool:
        """Add the time of a row; return whether its date exists."""
        parts = row["first"], row["second"], row["third"]
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
        if self._last is not None and current != self._last[0]:
            last, last_row = self._last
            self._steps[current - last] += 1
            gap = current - last + _time_of_day(row) - _time_of_day(last_row)
            self._short_gaps += abs(gap) <= _SHORT_GAP
        self._last = (current, row)
        return True


def _time_of_day(row: re.Match[str]) -> timedelta:
    hour = int(row["hour"])
    if row["half"]:
        hour = hour % 12 + (12 if row["half"][0] in "Pp" else 0)
    return timedelta(hours=hour, minutes=int(row["minute"]))


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
