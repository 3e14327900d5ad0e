"""Which model forecasts a horizon."""

from collections.abc import Sequence

from analysis.forecast_parameters import CompetitionParameters
from analysis.models.codec import Reader, Writer


class Competition:
    """Compares the errors of models on the same readings; the first model forecasts until another is better.

    The active model is replaced once the recent mean absolute error of another one is smaller by a margin, so
    that two models that are as good as each other do not take turns.
    """

    __slots__ = ("_errors", "_forecasts", "_parameters", "active")

    def __init__(self, parameters: CompetitionParameters, models: int) -> None:
        self._parameters = parameters
        self._errors = [0.0] * models
        self._forecasts = 0
        self.active = 0

    def update(self, errors: Sequence[float], forecasts: int = 1) -> None:
        """Learn the models' mean absolute errors in some forecasts."""
        parameters = self._parameters
        self._forecasts += forecasts
        weight = min(1.0, forecasts * max(1 / self._forecasts, parameters.rate))
        mine = self._errors
        for index, error in enumerate(errors):
            mine[index] += weight * (error - mine[index])
        if self._forecasts < parameters.min_forecasts:
            return
        best = min(range(len(mine)), key=mine.__getitem__)
        if mine[best] < (1 - parameters.advantage) * mine[self.active]:
            self.active = best

    def write(self, writer: Writer) -> None:
        """Write the state."""
        writer.doubles(*self._errors, self._forecasts, self.active)

    def read(self, reader: Reader) -> None:
        """Read the state."""
        *self._errors, forecasts, active = reader.doubles(len(self._errors) + 2)
        self._forecasts, self.active = int(forecasts), int(active)
