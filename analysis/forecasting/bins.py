"""Half hours of readings. Where readings are rarer, each is a bin of its own."""

import math
from typing import NamedTuple

from analysis.binary import StateReader, StateWriter
from analysis.forecast_parameters import BIN_SECONDS


class Bin(NamedTuple):
    """The readings of a half hour; outliers count with what was expected instead of them."""

    number: int
    """The half hour's number since 1970."""
    at: float
    """The mean of the times at which they were measured."""
    mean: float
    readings: int
    latest_at: float
    latest: float
    """The last reading, as it is."""


class OpenBin:
    """The half hour that is not over."""

    FIELDS = 6
    __slots__ = ("ends_at", "index", "offsets", "readings", "starts_at", "values")

    def __init__(self) -> None:
        self.index = 0
        self.starts_at, self.ends_at = -math.inf, math.inf
        self.readings = 0
        self.offsets = self.values = 0.0

    def open(self, at: float) -> None:
        """Start the half hour of a time."""
        self.index = math.floor(at / BIN_SECONDS)
        self.starts_at = self.index * BIN_SECONDS
        self.ends_at = self.starts_at + BIN_SECONDS
        self.readings = 0
        self.offsets = self.values = 0.0

    def add(self, at: float, value: float) -> None:
        """Add a reading."""
        self.readings += 1
        self.offsets += at - self.starts_at
        self.values += value

    def close(self, latest_at: float, latest: float) -> Bin:
        """Return the half hour; it has a reading."""
        at = self.starts_at + self.offsets / self.readings
        return Bin(self.index, at, self.values / self.readings, self.readings, latest_at, latest)

    def write(self, writer: StateWriter) -> None:
        """Write the state."""
        writer.numbers(self.index, self.starts_at, self.ends_at, self.readings, self.offsets, self.values)

    def read(self, reader: StateReader) -> None:
        """Read the state."""
        index, self.starts_at, self.ends_at, readings, self.offsets, self.values = reader.numbers(self.FIELDS)
        self.index, self.readings = int(index), int(readings)
