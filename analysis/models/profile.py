"""Profiles over a period: what is usual at each time of the day or the week."""

import math
from array import array

from analysis.binary import StateReader, StateWriter


class Profile:
    """A function of the time within a period, as straight lines between equidistant knots."""

    __slots__ = ("_knots", "_period", "_spacing", "_values")

    def __init__(self, period: float, knots: int) -> None:
        self._period = period
        self._knots = knots
        self._spacing = period / knots
        self._values = array("f", [0.0]) * knots

    def __call__(self, at: float) -> float:
        """Return the value at a time."""
        place = at % self._period / self._spacing
        knot = int(place)
        share = place - knot
        values = self._values
        return (1 - share) * values[knot % self._knots] + share * values[(knot + 1) % self._knots]

    def knots(self, after: float, until: float) -> list[float]:
        """Return the times of the knots in an interval that is open at its start."""
        first = math.floor(after / self._spacing) + 1
        last = math.floor(until / self._spacing)
        return [number * self._spacing for number in range(first, last + 1)]

    def learn(self, knot: float, difference: float) -> None:
        """Raise the value at a knot."""
        self._values[int(knot / self._spacing) % self._knots] += difference

    def write(self, writer: StateWriter) -> None:
        """Write the state."""
        writer.singles(self._values)

    def read(self, reader: StateReader) -> None:
        """Read the state."""
        self._values = reader.singles()
