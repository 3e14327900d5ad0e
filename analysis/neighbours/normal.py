"""What is normal for the difference of a sensor's daily mean from what its neighbours say."""

import math

import numpy as np

from analysis.binary import StateReader, StateWriter
from analysis.neighbours.arrays import read_array, write_array
from analysis.neighbours.moments import Array, Mask
from analysis.neighbours.parameters import NeighbourParameters

EULER = 0.5772156649
# Of the daily maximum of an autocorrelated normal variable, in its standard deviations.
PRIOR_MEAN, PRIOR_DEVIATION, PRIOR_VALUES = 1.3, 0.55, 30


class NormalDifferences:
    """The differences at the ends of past days and their daily maxima, from which the threshold follows.

    The last days wait until they count, and are dropped when a drift is found in them.
    """

    def __init__(self, parameters: NeighbourParameters) -> None:
        self._parameters = parameters
        rows = parameters.history_days + parameters.lag_days
        self.ends = np.full((rows, 0), np.nan, np.float32)
        self.maxima = np.full((rows, 0), np.nan, np.float32)

    def join(self) -> None:
        """Add a sensor."""
        self.ends, self.maxima = (
            np.pad(days, ((0, 0), (0, 1)), constant_values=np.nan) for days in (self.ends, self.maxima)
        )

    def leave(self, place: int) -> None:
        """Remove the sensor at this place."""
        self.ends, self.maxima = np.delete(self.ends, place, 1), np.delete(self.maxima, place, 1)

    def add_day(self, ends: Array, maxima: Array) -> None:
        """Add the differences of a day; NaN is a sensor that was not judged."""
        for days, row in ((self.ends, ends), (self.maxima, maxima)):
            days[:-1] = days[1:]
            days[-1] = row

    def drop_recent(self, place: int) -> None:
        """Forget the days that do not count yet: they are not normal."""
        lag = self._parameters.lag_days
        self.ends[-lag:, place] = self.maxima[-lag:, place] = np.nan

    def write(self, state: StateWriter) -> None:
        """Append the state."""
        for days in (self.ends, self.maxima):
            write_array(state, days)

    def read(self, state: StateReader) -> None:
        """Take over the state of as many sensors."""
        self.ends, self.maxima = read_array(state, self.ends), read_array(state, self.maxima)

    def known_days(self) -> Array:
        """Return how many days count, by sensor."""
        days: Array = np.sum(~np.isnan(self.ends[: -self._parameters.lag_days]), axis=0, dtype=np.float64)
        return days

    def deviations(self, prior: Array) -> Array:
        """Return the standard deviation of each sensor's difference; `prior` holds before any day counts."""
        past = self.ends[: -self._parameters.lag_days].astype(np.float64)
        weight = self._parameters.prior_days
        squares = np.nansum(past**2, axis=0) + weight * prior**2
        found: Array = np.sqrt(squares / (weight + self.known_days()))
        return np.maximum(found, self._parameters.min_sd)

    def threshold(self, deviations: Array, judged: Mask, false_alarms_per_day: float) -> float:
        """Return the threshold in standard deviations that is exceeded on this share of days.

        It is the quantile of a Gumbel distribution, to which maxima tend, of the daily maxima of all sensors
        of the group.
        """
        ratios = (self.maxima[: -self._parameters.lag_days] / deviations)[:, judged]
        ratios = ratios[~np.isnan(ratios)]
        weight = PRIOR_VALUES / (PRIOR_VALUES + len(ratios))
        mean = weight * PRIOR_MEAN + (1 - weight) * (float(np.mean(ratios)) if len(ratios) else 0.0)
        deviation = weight * PRIOR_DEVIATION + (1 - weight) * (float(np.std(ratios)) if len(ratios) else 0.0)
        scale = deviation * math.sqrt(6.0) / math.pi
        share = min(0.5, self._parameters.alarm_share * false_alarms_per_day)
        quantile = mean - EULER * scale - scale * math.log(-math.log1p(-share))
        return max(quantile, self._parameters.min_threshold)
