"""How good forecasts were, per model, horizon and UTC day."""

import datetime as dt
from array import array
from collections.abc import Iterator
from typing import NamedTuple

from analysis.binary import StateReader, StateWriter

ACTIVE = "active"
"""In the place of a model's kind: whichever model was active when the forecast was made."""
DAY_SECONDS = 86400.0
_FIELDS = 5


class Evaluation(NamedTuple):
    """The forecasts for the readings of one UTC day, each made before its reading was known."""

    kind: str
    """The model's kind, or `active`."""
    horizon: str
    day: dt.date
    forecasts: int
    mae: float
    """The mean absolute error in K."""
    last_value_mae: float
    """That of the last value for the same readings; the skill is 1 - mae / last_value_mae."""
    coverage: float
    """The share of readings within the interval."""
    width: float
    """The intervals' mean width in K."""


class Sums:
    """The sums of one model and horizon during a day."""

    __slots__ = ("covered", "errors", "forecasts", "last_errors", "widths")

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Start again."""
        self.forecasts = self.covered = 0
        self.errors = self.last_errors = self.widths = 0.0

    def add(self, *, forecasts: int, errors: float, last_errors: float, covered: int, widths: float) -> None:
        """Add some forecasts."""
        self.forecasts += forecasts
        self.errors += errors
        self.last_errors += last_errors
        self.covered += covered
        self.widths += widths


class DailyEvaluation:
    """The evaluations of one sensor: of the current day, and of those before it that were not drained."""

    __slots__ = ("_day", "_finished", "_sums")

    def __init__(self, kinds: list[str], horizons: list[str]) -> None:
        self._day = 0
        # Of each day its number and sums, in a fifth of the memory: a rebuild finishes hundreds of days.
        self._finished: list[array[float]] = []
        self._sums = {(kind, horizon): Sums() for kind in [*kinds, ACTIVE] for horizon in horizons}

    def of(self, kind: str, horizon: str) -> Sums:
        """Return the sums to add to."""
        return self._sums[kind, horizon]

    def start(self, at: float) -> None:
        """Finish the day if it is over at this time."""
        day = int(at // DAY_SECONDS)
        if day != self._day:
            self._finished.append(self._current())
            for sums in self._sums.values():
                sums.clear()
            self._day = day

    def rows(self) -> list[Evaluation]:
        """Return the evaluations that were not drained, with those of the day that is not over."""
        return [row for day in [*self._finished, self._current()] for row in self._evaluations(day)]

    def drain(self) -> list[Evaluation]:
        """Return `rows`, and forget the days that are over; the current one is returned again, with more."""
        rows = self.rows()
        self._finished = []
        return rows

    def _current(self) -> "array[float]":
        numbers = [float(self._day)]
        for sums in self._sums.values():
            numbers += (sums.forecasts, sums.errors, sums.last_errors, sums.covered, sums.widths)
        return array("d", numbers)

    def _evaluations(self, numbers: "array[float]") -> Iterator[Evaluation]:
        """Yield what the sums of a day say."""
        day = dt.datetime.fromtimestamp(numbers[0] * DAY_SECONDS, dt.UTC).date()
        for place, (kind, horizon) in enumerate(self._sums):
            start = 1 + _FIELDS * place
            forecasts, errors, last_errors, covered, widths = numbers[start : start + _FIELDS]
            if forecasts:
                means = (each / forecasts for each in (errors, last_errors, covered, widths))
                yield Evaluation(kind, horizon, day, int(forecasts), *means)

    def write(self, writer: StateWriter) -> None:
        """Write the day that is not over; what is finished is drained before."""
        writer.numbers(self._day)
        for sums in self._sums.values():
            writer.numbers(sums.forecasts, sums.errors, sums.last_errors, sums.covered, sums.widths)

    def read(self, reader: StateReader) -> None:
        """Read the state."""
        (day,) = reader.numbers(1)
        self._day = int(day)
        self._finished = []
        for sums in self._sums.values():
            forecasts, sums.errors, sums.last_errors, covered, sums.widths = reader.numbers(_FIELDS)
            sums.forecasts, sums.covered = int(forecasts), int(covered)
