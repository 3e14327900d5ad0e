"""The competition of models for one, six and 24 hours ahead."""

from collections.abc import Sequence

from analysis.binary import StateReader, StateWriter
from analysis.forecast import Forecast
from analysis.forecast_parameters import CompetitionParameters
from analysis.forecasting.bins import Bin
from analysis.forecasting.competition import Competition
from analysis.forecasting.evaluation import ACTIVE, DailyEvaluation
from analysis.forecasting.horizon import FAR, Horizon
from analysis.forecasting.pending import Pending
from analysis.models.intervals import TOLERANCE
from analysis.models.model import Model


class FarTrack:
    """The forecasts for one horizon, each made at the end of a half hour for the end of another one."""

    __slots__ = ("_days", "_models", "_pending", "_position", "competition", "horizon")

    def __init__(
        self,
        horizon: Horizon,
        position: int,
        parameters: CompetitionParameters,
        models: Sequence[Model],
        days: DailyEvaluation,
    ) -> None:
        self.horizon = horizon
        self._position = position
        self._models = models
        self._days = days
        self._pending = Pending(horizon.bins, len(models))
        self.competition = Competition(parameters, len(models), horizon.bins)

    def settle(self, closed: Bin) -> Forecast | None:
        """Compare the last reading of a half hour with the forecasts for it; return the active model's."""
        settled = self._pending.settle(closed.number)
        if settled is None:
            return None
        forecasts, active = settled
        value = closed.latest
        errors = [abs(value - forecast.mean) for forecast in forecasts]
        inside = []
        for model, forecast in zip(self._models, forecasts, strict=True):
            below = value < forecast.low - TOLERANCE
            above = value > forecast.high + TOLERANCE
            inside.append(not (below or above))
            model.intervals.update(self._position, value - forecast.mean, below=below, above=above)
        kinds = [model.kind for model in self._models]
        for kind, index in [*zip(kinds, range(len(kinds)), strict=True), (ACTIVE, active)]:
            self._days.of(kind, self.horizon.name).add(
                forecasts=1,
                errors=errors[index],
                last_errors=errors[0],
                covered=inside[index],
                widths=forecasts[index].high - forecasts[index].low,
            )
        self.competition.update(errors)
        return forecasts[active]

    def forecast(self, at: float) -> None:
        """Let the models forecast from the end of the half hour that was settled last."""
        forecasts = [model.forecast(at + self.horizon.seconds) for model in self._models]
        self._pending.add(forecasts, self.competition.active)

    def write(self, writer: StateWriter) -> None:
        """Write the state."""
        self.competition.write(writer)
        self._pending.write(writer)

    def read(self, reader: StateReader) -> None:
        """Read the state."""
        self.competition.read(reader)
        self._pending.read(reader)


def blend(models: Sequence[Model], active: Sequence[int], at: float, lead: float) -> Forecast:
    """Return the forecast of the models that are active at the horizons around a lead time.

    Between two horizons one model gives way to the other gradually, so that the forecast has no steps.
    """
    far = next((index for index, horizon in enumerate(FAR) if horizon.seconds >= lead), len(FAR) - 1)
    later = models[active[far]].forecast(at)
    if far == 0 or active[far] == active[far - 1]:
        return later
    earlier = models[active[far - 1]].forecast(at)
    between = FAR[far].seconds - FAR[far - 1].seconds
    share = min(1.0, (lead - FAR[far - 1].seconds) / between)
    return Forecast(*((1 - share) * a + share * b for a, b in zip(earlier, later, strict=True)))
