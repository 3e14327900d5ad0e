"""Forecasts that wait for the reading that they are for."""

import math
from array import array

from analysis.binary import StateReader, StateWriter
from analysis.forecast import Forecast

_FIELDS = 3


class Pending:
    """The forecasts of all models for one horizon, by the half hour that they are for.

    Forecasts are in single precision, because there are many of them per sensor.
    """

    __slots__ = ("_active", "_bins", "_forecasts", "_last", "_models", "_width")

    def __init__(self, bins: int, models: int) -> None:
        self._bins = bins
        self._models = models
        self._width = _FIELDS * models
        self._last = -1
        self._forecasts = array("f", [math.nan]) * (bins * self._width)
        self._active = array("f", [0.0]) * bins

    def settle(self, index: int) -> tuple[list[Forecast], int] | None:
        """Return the forecasts for a half hour, and which model was active when they were made."""
        for skipped in range(max(self._last + 1, index - self._bins), index):
            self._forecasts[skipped % self._bins * self._width] = math.nan
        self._last = index
        place = index % self._bins
        start = place * self._width
        values = self._forecasts[start : start + self._width].tolist()
        if math.isnan(values[0]):
            return None
        made = [Forecast(*values[at : at + _FIELDS]) for at in range(0, self._width, _FIELDS)]
        return made, int(self._active[place])

    def add(self, forecasts: list[Forecast], active: int) -> None:
        """Keep the forecasts that were made at the end of the half hour that was settled last."""
        place = self._last % self._bins
        flat = array("f", [value for forecast in forecasts for value in forecast])
        self._forecasts[place * self._width : (place + 1) * self._width] = flat
        self._active[place] = active

    def write(self, writer: StateWriter) -> None:
        """Write the state."""
        writer.numbers(self._last)
        writer.singles(self._forecasts)
        writer.singles(self._active)

    def read(self, reader: StateReader) -> None:
        """Read the state."""
        (last,) = reader.numbers(1)
        self._last = int(last)
        self._forecasts = reader.singles(self._bins * self._width)
        self._active = reader.singles(self._bins)
