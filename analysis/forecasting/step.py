"""Forecasts of the next reading. This works for every reading, so it is written for speed."""

from analysis.binary import StateReader, StateWriter
from analysis.forecast import Forecast
from analysis.forecast_parameters import StepParameters
from analysis.models.intervals import TOLERANCE, Interval


class StepTrack:
    """How one model forecasts the next reading.

    A model that smooths expects `last + weight (level - last) + drift Δt`: the level is the smoothed reading,
    the weight (0 to 1) is the regression of the errors on `level - last`, and the drift is the model's own
    forecast. The last value has neither weight nor drift.
    """

    FIELDS = 8
    __slots__ = (
        "_evidence",
        "_forgetting",
        "_product",
        "_ridge",
        "_square",
        "covered",
        "drift",
        "errors",
        "forecast",
        "interval",
        "smooths",
        "weight",
        "widths",
    )

    def __init__(self, parameters: StepParameters, interval: Interval, *, smooths: bool) -> None:
        self._forgetting = 1 - parameters.forgetting
        self._ridge = parameters.ridge
        self.interval = interval
        self.smooths = smooths
        self.weight = self.drift = self._product = self._evidence = self._square = 0.0
        self.forecast = Forecast(0.0, 0.0, 0.0)
        self.clear()

    def clear(self) -> None:
        """Start the sums of the next half hour."""
        self.errors = self.widths = 0.0
        self.covered = 0

    def update(self, value: float, mean: float, deviation: float, limit: float) -> None:
        """Forecast a reading before looking at it, and learn it.

        `mean` is the forecast without the weight, `deviation` is level - last, and no error larger than
        `limit` is learned by the weight.
        """
        if self.smooths:
            error = value - mean
            mean += self.weight * deviation
            error = limit if error > limit else max(error, -limit)
            forgetting = self._forgetting
            self._square = square = self._square * forgetting + deviation * deviation
            self._product = product = self._product * forgetting + deviation * error
            self._evidence = evidence = self._evidence * forgetting + 1.0
            if product > 0.0:
                weight = product / (square * (1.0 + self._ridge / evidence))
                self.weight = min(1.0, weight)
            else:
                self.weight = 0.0
        interval = self.interval
        scale = interval.scale
        low = mean - interval.below * scale
        high = mean + interval.above * scale
        self.forecast = Forecast(mean, low, high)
        below = value < low - TOLERANCE
        above = value > high + TOLERANCE
        error = value - mean
        interval.update(error, below=below, above=above)
        self.errors += abs(error)
        self.widths += high - low
        if not (below or above):
            self.covered += 1

    def start(self, last: float, level: float) -> float:
        """Return the value from which this model's forecasts start."""
        return last + self.weight * (level - last)

    def write(self, writer: StateWriter) -> None:
        """Write the state, but for the interval, which is the model's."""
        writer.numbers(
            self.weight,
            self.drift,
            self._square,
            self._product,
            self._evidence,
            self.errors,
            self.widths,
            self.covered,
        )

    def read(self, reader: StateReader) -> None:
        """Read the state."""
        (
            self.weight,
            self.drift,
            self._square,
            self._product,
            self._evidence,
            self.errors,
            self.widths,
            covered,
        ) = reader.numbers(self.FIELDS)
        self.covered = int(covered)
