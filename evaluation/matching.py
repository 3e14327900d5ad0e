"""Which alarms fall into labelled windows."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evaluation.series import Series
from evaluation.statistics import poisson

THOUSAND = 1_000


@dataclass(frozen=True, kw_only=True)
class Match:
    """Found windows and false alarms of one or several series.

    A delay is the number of readings from the first one of a window to its first alarm; None without one.
    """

    delays: Sequence[int | None]
    false_alarms: int
    readings: int
    days: float

    @property
    def found(self) -> int:
        """The number of windows with an alarm."""
        return sum(delay is not None for delay in self.delays)

    @property
    def max_delay(self) -> int | None:
        """The longest delay of a window that was found."""
        return max((delay for delay in self.delays if delay is not None), default=None)

    @property
    def per_day(self) -> float:
        """False alarms per sensor and day."""
        return self.false_alarms / self.days

    @property
    def per_thousand(self) -> float:
        """False alarms per 1,000 readings."""
        return THOUSAND * self.false_alarms / self.readings

    def row(self, name: str) -> list[str]:
        """Return the row of a table with `HEADINGS`."""
        low, high = (bound / self.days for bound in poisson(self.false_alarms))
        delays = ", ".join("missed" if delay is None else str(delay) for delay in self.delays)
        return [
            name,
            f"{self.found} of {len(self.delays)}",
            delays,
            str(self.false_alarms),
            f"{self.per_thousand:.2f}",
            f"{self.per_day:.2f} ({low:.2f} to {high:.2f})",
        ]


HEADINGS = [
    "", "windows found", "delay in readings", "false alarms", "per 1,000 readings",
    "per sensor and day (95 %)",
]  # fmt: skip


def match(series: Series, alarms: Iterable[float]) -> Match:
    """Compare alarms with the windows of a series."""
    times = [reading.measured_at for reading in series.readings]
    found = sorted(alarms)
    delays: list[int | None] = []
    for window in series.windows:
        first = next((at for at in found if window.contains(at)), None)
        start = bisect_left(times, window.started_at)
        delays.append(None if first is None else bisect_left(times, first) - start)
    false_alarms = sum(not any(window.contains(at) for window in series.windows) for at in found)
    return Match(delays=delays, false_alarms=false_alarms, readings=len(times), days=series.days)


def total(matches: Sequence[Match]) -> Match:
    """Return the windows and alarms of several series together."""
    return Match(
        delays=[delay for each in matches for delay in each.delays],
        false_alarms=sum(each.false_alarms for each in matches),
        readings=sum(each.readings for each in matches),
        days=sum(each.days for each in matches),
    )
