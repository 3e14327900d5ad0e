"""The half hours of the last day, of all sensors of a group."""

import numpy as np

from analysis.binary import StateReader, StateWriter
from analysis.neighbours.arrays import read_array, write_array
from analysis.neighbours.moments import Array, Mask
from analysis.neighbours.parameters import BINS_PER_DAY

NEVER = -1


class LastDay:
    """The values of the last 48 half hours; an absent sensor has an estimate, or NaN."""

    def __init__(self) -> None:
        self.half_hours = np.full(BINS_PER_DAY, NEVER, np.int64)
        self.values = np.full((BINS_PER_DAY, 0), np.nan, np.float32)
        self.present = np.zeros((BINS_PER_DAY, 0), np.bool_)

    def join(self) -> None:
        """Add a sensor."""
        self.values = np.pad(self.values, ((0, 0), (0, 1)), constant_values=np.nan)
        self.present = np.pad(self.present, ((0, 0), (0, 1)))

    def leave(self, place: int) -> None:
        """Remove the sensor at this place."""
        self.values, self.present = np.delete(self.values, place, 1), np.delete(self.present, place, 1)

    def add(self, half_hour: int, values: Array, present: Mask) -> None:
        """Add the values of a half hour."""
        row = half_hour % BINS_PER_DAY
        self.half_hours[row] = half_hour
        self.values[row], self.present[row] = values, present

    def shift(self, place: int, change: float) -> None:
        """Change all values of a sensor by this."""
        self.values[:, place] += change

    def write(self, state: StateWriter) -> None:
        """Append the state."""
        for array in (self.half_hours, self.values, self.present):
            write_array(state, array)

    def read(self, state: StateReader) -> None:
        """Take over the state of as many sensors."""
        self.half_hours = read_array(state, self.half_hours)
        self.values, self.present = read_array(state, self.values), read_array(state, self.present)

    def means(self, half_hour: int) -> tuple[Array, Array]:
        """Return the mean and the presence of each sensor over the day up to a half hour.

        The mean is NaN without a value. Presence is the share of the half hours in which any sensor was
        present; it is 0 while they are few.
        """
        valid = (self.half_hours > half_hour - BINS_PER_DAY) & (self.half_hours != NEVER)
        values, count = self.values[valid], int(np.sum(valid))
        known = ~np.isnan(values)
        numbers = np.sum(known, axis=0)
        sums = np.sum(np.where(known, values, 0.0), axis=0, dtype=np.float64)
        means = np.where(numbers > 0, sums / np.maximum(numbers, 1), np.nan)
        if count < BINS_PER_DAY // 3:
            return means, np.zeros(len(means))
        return means, np.sum(self.present[valid], axis=0) / count
