"""Intervals that hold 95 % of readings: adaptive conformal inference.

The half-widths below and above the mean are quantiles of the errors, as multiples of the mean absolute error.
Each error moves them (quantile tracking; Gibbs and Candès 2021, Angelopoulos, Candès and Tibshirani 2023): a
miss widens its side, and a hit narrows it by so much less that misses are as rare as they should be, whatever
the errors' distribution.
"""

import math
from bisect import bisect_right

from analysis.binary import StateReader, StateWriter
from analysis.forecast import Forecast
from analysis.forecast_parameters import IntervalParameters

LEADS = (0.0, 3600.0, 6 * 3600.0, 24 * 3600.0)
"""The lead times in seconds for which intervals are calibrated; 0 stands for the next reading."""
UNCLIPPED = 2
"""So many errors are learned as they are."""
TOLERANCE = 1e-4
"""A value this close to an interval in K is inside: forecasts are kept in single precision."""


class Interval:
    """The calibrated interval of one model and horizon."""

    FIELDS = 4
    __slots__ = ("_early", "_parameters", "_prior", "_side_rate", "above", "below", "count", "scale")

    def __init__(self, parameters: IntervalParameters, *, scale: float, prior: int = 1) -> None:
        """Start with a mean absolute error that counts as much as some errors."""
        self._parameters = parameters
        self._prior = prior
        self._side_rate = parameters.miss_rate / 2
        self._early = max(1 / parameters.scale_rate, (parameters.initial_rate / parameters.final_rate) ** 2)
        self.scale = scale
        self.below = self.above = parameters.initial_quantile
        self.count = 0

    def around(self, mean: float) -> Forecast:
        """Return the interval around a mean."""
        scale = self.scale
        return Forecast(mean, mean - self.below * scale, mean + self.above * scale)

    def update(self, error: float, *, below: bool, above: bool) -> None:
        """Learn an error (value less mean), and on which side of the interval the value was, if outside."""
        parameters = self._parameters
        self.count = count = self.count + 1
        rate, weight = parameters.final_rate, parameters.scale_rate
        if count < self._early:
            rate = max(rate, parameters.initial_rate / math.sqrt(count))
            weight = max(weight, 1 / (count + self._prior))
        hit = rate * self._side_rate
        quantile = self.below - hit
        if below:
            quantile += rate
        self.below = max(quantile, 0.0)
        quantile = self.above - hit
        if above:
            quantile += rate
        self.above = max(quantile, 0.0)
        scale = self.scale
        size = -error if error < 0.0 else error
        if count > UNCLIPPED:
            resolution = parameters.resolution
            limit = parameters.scale_clip * (max(resolution, scale))
            size = min(size, limit)
        self.scale = scale + weight * (size - scale)

    def write(self, writer: StateWriter) -> None:
        """Write the state."""
        writer.numbers(self.scale, self.below, self.above, self.count)

    def read(self, reader: StateReader) -> None:
        """Read the state."""
        self.scale, self.below, self.above, count = reader.numbers(self.FIELDS)
        self.count = int(count)


class Intervals:
    """The calibrated intervals of one model."""

    __slots__ = ("at",)

    def __init__(self, parameters: IntervalParameters) -> None:
        scale = parameters.initial_scale
        self.at = [
            Interval(
                parameters, scale=scale * math.sqrt(1 + lead / LEADS[1]), prior=1 + round(lead / LEADS[1])
            )
            for lead in LEADS
        ]

    def update(self, position: int, error: float, *, below: bool, above: bool) -> None:
        """Learn an error of one of the lead times.

        Until a longer lead time has errors of its own, it is expected to have those of a random walk.
        """
        self.at[position].update(error, below=below, above=above)
        for longer in range(position + 1, len(LEADS)):
            if self.at[longer].count:
                break
            self.at[longer].scale = self.at[longer - 1].scale * math.sqrt(LEADS[longer] / LEADS[longer - 1])

    def around(self, mean: float, lead: float) -> Forecast:
        """Return the interval around a mean that is forecast `lead` seconds ahead."""
        if lead >= LEADS[-1]:
            return self.at[-1].around(mean)
        upper = bisect_right(LEADS, lead)
        share = (lead - LEADS[upper - 1]) / (LEADS[upper] - LEADS[upper - 1])
        near, far = self.at[upper - 1], self.at[upper]
        below = (1 - share) * near.below * near.scale + share * far.below * far.scale
        above = (1 - share) * near.above * near.scale + share * far.above * far.scale
        return Forecast(mean, mean - below, mean + above)

    def write(self, writer: StateWriter) -> None:
        """Write the state."""
        for interval in self.at:
            interval.write(writer)

    def read(self, reader: StateReader) -> None:
        """Read the state."""
        for interval in self.at:
            interval.read(reader)
