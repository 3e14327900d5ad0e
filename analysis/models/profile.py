"""Profiles over a period: what is usual in each half hour of the day or hour of the week."""

import math
from array import array

from analysis.binary import StateReader, StateWriter


class Profile:
    """A function of the half hour's number; fractions of a knot are on a straight line.

    A profile of several half hours per knot has steps, and is learned at the first of them, so that what it
    says of a half hour does not change once that was learned, until the next period.
    """

    __slots__ = ("_bins", "_knots", "_values")

    def __init__(self, knots: int, bins: int = 1) -> None:
        """Start with zeros; a knot is for so many half hours."""
        self._knots = knots
        self._bins = bins
        self._values = array("f", [0.0]) * knots

    def __call__(self, place: float) -> float:
        """Return the value at a half hour, or between two."""
        knot = math.floor(place / self._bins)
        values = self._values
        value = values[knot % self._knots]
        share = place - knot
        if self._bins > 1 or not share:
            return value
        return value + share * (values[(knot + 1) % self._knots] - value)

    def is_knot(self, number: int) -> bool:
        """Return whether this half hour is learned."""
        return number % self._bins == 0

    def learn(self, number: int, difference: float) -> None:
        """Raise the value at a half hour."""
        self._values[number // self._bins % self._knots] += difference

    def write(self, writer: StateWriter) -> None:
        """Write the state."""
        writer.singles(self._values)

    def read(self, reader: StateReader) -> None:
        """Read the state."""
        self._values = reader.singles(self._knots)
