"""Numbers, times and durations as a language writes them."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from runtime.text import format_exact_duration

MAX_DECIMALS = 6


def format_offset(moment: datetime) -> str:
    """Return the offset of a time from UTC, such as `+01:00`."""
    offset = moment.utcoffset() or timedelta()
    sign = "\N{MINUS SIGN}" if offset < timedelta() else "+"
    minutes, seconds = divmod(round(abs(offset.total_seconds())), 60)
    text = f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{text}:{seconds:02d}" if seconds else text


def format_span(seconds: float) -> str:
    """Return a duration to the second, such as `2 d 3 h 5 min`, that breaks only between units."""
    text = format_exact_duration(timedelta(seconds=seconds))
    return re.sub(r"(?<=\d) ", "\N{NO-BREAK SPACE}", text)


@dataclass(frozen=True, slots=True)
class Notation:
    """How a language writes numbers and dates."""

    decimal_mark: str
    group_mark: str
    months: tuple[str, ...]
    short_months: tuple[str, ...]
    long_date: str  # of day, month and year
    short_date: str
    day_of_month: str  # without the year

    def number(self, value: float, decimals: int = 2) -> str:
        """Return a number with that many decimals, groups of three digits and a real minus sign."""
        text = f"{abs(value):,.{decimals}f}"
        if value < 0 and any(digit in "123456789" for digit in text):
            text = f"\N{MINUS SIGN}{text}"
        return text.translate({ord(","): self.group_mark, ord("."): self.decimal_mark})

    def exact(self, value: float, most: int = MAX_DECIMALS) -> str:
        """Return a number with as few decimals as represent it, such as a limit."""
        return self.number(value, self.decimals(value, most))

    @staticmethod
    def decimals(value: float, most: int = MAX_DECIMALS) -> int:
        """Return how many decimals represent a number."""
        return next(n for n in range(most + 1) if n == most or round(value, n) == value)

    def amount(self, value: float) -> str:
        """Return an amount of zero or more, with more decimals the smaller it is, but never as zero."""
        if 0 < value < 0.001:  # noqa: PLR2004 - the smallest number of three decimals
            return f"< {self.number(0.001, 3)}"
        return self.number(value, 1 if value >= 10 or value == 0 else 2 if value >= 1 else 3)  # noqa: PLR2004

    def temperature(self, value: float, limits: Iterable[float] = ()) -> str:
        """Return a temperature in °C with two decimals, or as many as distinguish it from the limits."""
        others = [limit for limit in limits if limit != value]
        decimals = next(
            n
            for n in range(2, MAX_DECIMALS + 1)
            if n == MAX_DECIMALS or not any(round(value, n) == round(limit, n) for limit in others)
        )
        return self.number(value, decimals)

    def percent(self, fraction: float) -> str:
        """Return a fraction in percent; it is never rounded to 0 % or 100 %, unless it is exactly that."""
        percent = fraction * 100
        if 0 < fraction < 1:
            percent = min(max(percent, 0.01), 99.99)
        decimals = 0 if fraction in {0, 1} else 2 if percent < 1 or percent > 99 else 1  # noqa: PLR2004 - percent
        return f"{self.number(percent, decimals)}\N{NO-BREAK SPACE}%"

    def size(self, count: int) -> str:
        """Return a number of bytes in a unit of a thousand, such as `1.4 MB`."""
        if count < 1000:  # noqa: PLR2004 - units of a thousand
            return f"{self.number(count, 0)}\N{NO-BREAK SPACE}B"
        exponent = min(int(math.log(count, 1000)), 3)
        return (
            f"{self.number(count / 1000**exponent, 1)}\N{NO-BREAK SPACE}{('B', 'kB', 'MB', 'GB')[exponent]}"
        )

    def date(self, moment: datetime) -> str:
        """Return the date in a text."""
        return self._fill(self.long_date, moment)

    def moment(self, moment: datetime) -> str:
        """Return date, time and offset, which distinguishes the two hours that a change of clocks repeats."""
        return f"{self._fill(self.short_date, moment)} {self.clock(moment)}"

    def clock(self, moment: datetime) -> str:
        """Return the time of a day with its offset."""
        return f"{moment:%H:%M:%S} {format_offset(moment)}"

    def day(self, moment: datetime) -> str:
        """Return day and month at an axis."""
        return self._fill(self.day_of_month, moment)

    def month(self, moment: datetime) -> str:
        """Return the month at an axis."""
        return self.short_months[moment.month - 1]

    def _fill(self, pattern: str, moment: datetime) -> str:
        return pattern.format(
            day=moment.day,
            month=moment.month,
            year=moment.year,
            name=self.months[moment.month - 1],
            short=self.short_months[moment.month - 1],
        )


ENGLISH = Notation(
    decimal_mark=".",
    group_mark=",",
    months=(
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    short_months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    long_date="{day} {name} {year}",
    short_date="{day} {short} {year}",
    day_of_month="{day} {short}",
)  # fmt: skip

PORTUGUESE = Notation(
    decimal_mark=",",
    group_mark=".",
    months=(
        "janeiro", "fevereiro", "março", "abril", "maio", "junho",
        "julho", "agosto", "setembro", "outubro", "novembro", "dezembro",
    ),
    short_months=("jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez"),
    long_date="{day} de {name} de {year}",
    short_date="{day:02d}/{month:02d}/{year}",
    day_of_month="{day:02d}/{month:02d}",
)  # fmt: skip
