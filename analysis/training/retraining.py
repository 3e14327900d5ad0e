"""Trains a model on the stored history of its sensor."""

from collections.abc import Iterable
from typing import NamedTuple

from analysis.forecast_parameters import BIN_SECONDS, ForecastParameters
from analysis.forecasting.forecaster import Forecaster
from analysis.forecasting.replay import summarize
from analysis.training.trainer import COMPARED_HORIZON

DAY_SECONDS = 86_400.0


class Trained(NamedTuple):
    """A model that was trained: its state, and its error relative to that of the last value."""

    state: bytes
    relative_error: float


def retrain(
    kind: str, half_hours: Iterable[tuple[float, float]], days: int, parameters: ForecastParameters
) -> Trained | None:
    """Train a model on the means of half hours, in order; None if there are too few to know how good it is.

    Each half hour is forecast before it is learned, so the error in the last `days` is that of an honest
    forecast. It takes about a millisecond per half hour.
    """
    rows = list(half_hours)
    if not rows:
        return None
    forecaster = Forecaster(parameters, (kind,))
    since = rows[-1][0] - days * DAY_SECONDS
    for at, mean in rows:
        forecaster.add(at + BIN_SECONDS / 2, mean)
        if at <= since:
            forecaster.drain_evaluations()
    scores = [
        score
        for score in summarize(forecaster.evaluations())
        if score.kind == kind and score.horizon == COMPARED_HORIZON and score.last_value_mae > 0.0
    ]
    if not scores:
        return None
    return Trained(forecaster.model(kind).state(), scores[0].mae / scores[0].last_value_mae)
