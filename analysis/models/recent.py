"""The half-hour means of the last two days."""

import math

import numpy as np

from analysis.binary import StateReader, StateWriter
from analysis.models.long_run import DAY_BINS

_LENGTH = 2 * DAY_BINS + 2
_DAY = np.arange(1 - DAY_BINS, 1)


class RecentBins:
    """The half-hour means of the last two days by the half hour's number; nan where there is none."""

    __slots__ = ("_values", "newest")

    def __init__(self) -> None:
        self.newest = -1
        self._values = np.full(_LENGTH, math.nan, np.float32)

    def add(self, number: int, value: float) -> None:
        """Add the mean of a later half hour."""
        skipped = number - self.newest
        if skipped >= _LENGTH:
            self._values[:] = math.nan
        elif skipped > 1:
            self._values[np.arange(self.newest + 1, number) % _LENGTH] = math.nan
        self.newest = number
        self._values[number % _LENGTH] = value

    def __getitem__(self, number: int) -> float:
        """Return the mean of a half hour, or nan."""
        if not self.newest - _LENGTH < number <= self.newest:
            return math.nan
        return float(self._values[number % _LENGTH])

    def day_means(self, numbers: list[int]) -> list[float]:
        """Return the means of the 24 hours up to the end of half hours of the last day; nan without any."""
        values = self._values[np.add.outer(numbers, _DAY) % _LENGTH].astype(np.float64)
        unknown = np.isnan(values)
        counts = (DAY_BINS - unknown.sum(axis=1)).tolist()
        values[unknown] = 0.0
        sums = values.sum(axis=1).tolist()
        return [total / count if count else math.nan for total, count in zip(sums, counts, strict=True)]

    def write(self, writer: StateWriter) -> None:
        """Write the state."""
        writer.numbers(self.newest)
        writer.singles(self._values.tolist())

    def read(self, reader: StateReader) -> None:
        """Read the state."""
        (newest,) = reader.numbers(1)
        self.newest = int(newest)
        self._values = np.array(reader.singles(_LENGTH), np.float32)
