"""Intervals that hold 95 % of readings: adaptive conformal inference.

The half-widths below and above the mean are quantiles of the errors, as multiples of the mean absolute error.
Each error moves them (quantile tracking; Gibbs and Candès 2021, Angelopoulos, Candès and Tibshirani 2023): a
miss widens its side, and a hit narrows it by so much less that misses are as rare as they should be, whatever
the errors' distribution.
"""

from analysis.forecast import Forecast
from analysis.forecast_parameters import IntervalParameters
from analysis.models.codec import Reader, Writer

LEADS = (0.0, 3600.0, 6 * 3600.0, 24 * 3600.0)
"""The lead times in seconds for which intervals are calibrated; 0 stands for the next reading."""
UNCLIPPED = 2
"""So many errors are learned as they are."""
TOLERANCE = 1e-4
"""A value this close to an interval in K is inside: forecasts are kept in single precision."""


class Interval:
    """The calibrated interval of one model and horizon."""

    FIELDS = 4
    __slots__ = ("_parameters", "_side_rate", "above", "below", "count", "scale")

    def __init__(self, parameters: IntervalParameters, *, scale: float) -> None:
        self._parameters = parameters
        self._side_rate = parameters.miss_rate / 2
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
        rate = parameters.initial_rate / count
        rate = max(rate, parameters.final_rate)
        hit = rate * self._side_rate
        self.below = min(parameters.max_quantile, max(0.0, self.below - hit + (rate if below else 0.0)))
        self.above = min(parameters.max_quantile, max(0.0, self.above - hit + (rate if above else 0.0)))
        scale = self.scale
        size = abs(error)
        if count > UNCLIPPED:
            size = min(size, parameters.scale_clip * max(scale, parameters.resolution))
        weight = max(1 / (count + 1), parameters.scale_rate)
        self.scale = scale + weight * (size - scale)

    def write(self, writer: Writer) -> None:
        """Write the state."""
        writer.doubles(self.scale, self.below, self.above, self.count)

    def read(self, reader: Reader) -> None:
        """Read the state."""
        self.scale, self.below, self.above, count = reader.doubles(self.FIELDS)
        self.count = int(count)


class Intervals:
    """The calibrated intervals of one model."""

    __slots__ = ("at",)

    def __init__(self, parameters: IntervalParameters) -> None:
        self.at = [
            Interval(parameters, scale=parameters.initial_scale * scale) for scale in (0.5, 1.0, 4.0, 6.0)
        ]

    def around(self, mean: float, lead: float) -> Forecast:
        """Return the interval around a mean that is forecast `lead` seconds ahead."""
        if lead >= LEADS[-1]:
            return self.at[-1].around(mean)
        upper = next(index for index, known in enumerate(LEADS) if known > lead)
        share = (lead - LEADS[upper - 1]) / (LEADS[upper] - LEADS[upper - 1])
        near, far = self.at[upper - 1], self.at[upper]
        below = (1 - share) * near.below * near.scale + share * far.below * far.scale
        above = (1 - share) * near.above * near.scale + share * far.above * far.scale
        return Forecast(mean, mean - below, mean + above)

    def write(self, writer: Writer) -> None:
        """Write the state."""
        for interval in self.at:
            interval.write(writer)

    def read(self, reader: Reader) -> None:
        """Read the state."""
        for interval in self.at:
            interval.read(reader)
