"""Replays recorded readings through the forecasts."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from analysis.forecast_parameters import ForecastParameters
from analysis.forecasting.evaluation import Evaluation
from analysis.forecasting.forecaster import Forecaster
from analysis.models.registry import DEFAULT_KINDS


class Score(NamedTuple):
    """How good the forecasts of one model (or of whichever was active) were for one horizon."""

    kind: str
    horizon: str
    forecasts: int
    mae: float
    last_value_mae: float
    skill: float
    """The share by which the mean absolute error is smaller than the last value's."""
    coverage: float
    width: float
    """The intervals' mean width in K."""


def replay(
    readings: Iterable[tuple[float, float]],
    kinds: Sequence[str] = DEFAULT_KINDS,
    parameters: ForecastParameters | None = None,
) -> list[Score]:
    """Return how good the forecasts of readings (epoch seconds, °C; in order of time) were."""
    forecaster = Forecaster(parameters or ForecastParameters(), kinds)
    for at, value in readings:
        forecaster.add(at, value)
    return summarize(forecaster.evaluations())


def summarize(evaluations: Iterable[Evaluation]) -> list[Score]:
    """Return the evaluations over all days."""
    groups: dict[tuple[str, str], list[Evaluation]] = {}
    for row in evaluations:
        groups.setdefault((row.kind, row.horizon), []).append(row)
    return [_score(kind, horizon, rows) for (kind, horizon), rows in groups.items()]


def _score(kind: str, horizon: str, rows: list[Evaluation]) -> Score:
    forecasts = sum(row.forecasts for row in rows)

    def mean(field: str) -> float:
        return float(sum(getattr(row, field) * row.forecasts for row in rows)) / forecasts

    mae, last_value_mae = mean("mae"), mean("last_value_mae")
    skill = 1 - mae / last_value_mae if last_value_mae else 0.0
    return Score(kind, horizon, forecasts, mae, last_value_mae, skill, mean("coverage"), mean("width"))
