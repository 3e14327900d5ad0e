"""Which model forecasts a horizon."""

from collections.abc import Sequence

from analysis.binary import StateReader, StateWriter
from analysis.forecast_parameters import CompetitionParameters


class Competition:
    """Compares the errors of models on the same readings; the first model forecasts until another is better.

    The active model is replaced once the recent mean absolute error of another one is smaller by a margin, so
    that two models that are as good as each other do not take turns.
    """

    __slots__ = (
        "_errors",
        "_forecasts",
        "_long",
        "_min_forecasts",
        "_parameters",
        "_rate",
        "_resembling",
        "_slow_rate",
        "_squares",
        "_updates",
        "active",
    )

    def __init__(self, parameters: CompetitionParameters, models: int, bins: int = 1) -> None:
        """Compare models; errors of forecasts over several half hours resemble each other."""
        self._parameters = parameters
        stretch = max(1.0, bins / parameters.independent_bins)
        self._rate = parameters.rate / stretch
        self._slow_rate = parameters.slow_rate / stretch
        self._min_forecasts = parameters.min_forecasts * stretch
        self._resembling = float(bins) ** parameters.resemblance
        self._errors = [0.0] * models
        self._long = [0.0] * models
        self._squares = [0.0] * models
        self._forecasts = self._updates = 0
        self.active = 0

    def update(self, errors: Sequence[float], forecasts: int = 1) -> None:
        """Learn the models' mean absolute errors in some forecasts."""
        self._forecasts = known = self._forecasts + forecasts
        self._updates += 1
        weight = min(1.0, forecasts * max(1 / known, self._rate))
        slow = min(1.0, forecasts * max(1 / known, self._slow_rate))
        last_error = errors[0]
        for index, error in enumerate(errors):
            self._errors[index] += weight * (error - self._errors[index])
            self._long[index] += slow * (error - self._long[index])
            gain = last_error - error
            self._squares[index] += slow * (gain * gain - self._squares[index])
        self.active = self._choose()

    def _choose(self) -> int:
        """Return the model that forecasts from now on."""
        recent, active = self._errors, self.active
        if active and not self._beats_last_value(active):
            active = 0
        best = min(range(len(recent)), key=recent.__getitem__)
        is_better = recent[best] < (1 - self._parameters.advantage) * recent[active]
        if is_better and (best == 0 or (self._beats_last_value(best) and self._is_certain(best))):
            return best
        return active

    def _beats_last_value(self, model: int) -> bool:
        return self._errors[model] < self._errors[0] and self._long[model] < self._long[0]

    def _is_certain(self, model: int) -> bool:
        """Return whether a gain over the last value like this one is rarely luck."""
        if self._forecasts < self._min_forecasts:
            return False
        gain = self._long[0] - self._long[model]
        variance = max(0.0, self._squares[model] - gain * gain)
        independent = min(self._updates, 1 / self._slow_rate) / self._resembling
        return bool(gain * gain * independent > self._parameters.standard_errors**2 * variance)

    def write(self, writer: StateWriter) -> None:
        """Write the state."""
        writer.numbers(
            *self._errors, *self._long, *self._squares, self._forecasts, self._updates, self.active
        )

    def read(self, reader: StateReader) -> None:
        """Read the state."""
        models = len(self._errors)
        self._errors = list(reader.numbers(models))
        self._long = list(reader.numbers(models))
        self._squares = list(reader.numbers(models))
        self._forecasts, self._updates, self.active = map(int, reader.numbers(3))
