"""Simple forecasts to compare with: a constant band, and mean and spread of a day."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from statistics import fmean, pstdev
from typing import NamedTuple

from evaluation.baselines import LEARNING_SHARE, MIN_SPREAD, day_statistics
from evaluation.series import Series
from evaluation.statistics import Z

Expected = Callable[[int], tuple[float, float] | None]


class Band(NamedTuple):
    """How good the forecasts were: as `analysis.forecasting.replay.Score`."""

    forecasts: int
    mae: float
    skill: float
    coverage: float
    width: float


def constant(series: Series, horizon_seconds: float) -> Band:
    """Forecast mean and spread of the first 15 % of the readings for all others."""
    first = max(2, int(LEARNING_SHARE * len(series.readings)))
    learned = [reading.temperature for reading in series.readings[:first]]
    centre, spread = fmean(learned), max(pstdev(learned), MIN_SPREAD)
    return _evaluate(series, horizon_seconds, lambda row: (centre, spread) if row >= first else None)


def previous_day(series: Series, horizon_seconds: float) -> Band:
    """Forecast mean and spread of the 24 hours before the forecast is made."""
    days = list(day_statistics(series.readings))
    return _evaluate(series, horizon_seconds, lambda row: days[row] if days[row][1] else None)


def _evaluate(series: Series, horizon_seconds: float, expected: Expected) -> Band:
    """Evaluate what is expected when the last reading before the horizon is known."""
    times = [reading.measured_at for reading in series.readings]
    errors: list[float] = []
    last_errors: list[float] = []
    widths: list[float] = []
    covered = 0
    for row, reading in enumerate(series.readings):
        known = min(row - 1, bisect_right(times, reading.measured_at - horizon_seconds) - 1)
        forecast = expected(known) if known >= 0 else None
        if forecast is None:
            continue
        centre, spread = forecast
        errors.append(abs(reading.temperature - centre))
        last_errors.append(abs(reading.temperature - series.readings[known].temperature))
        widths.append(2 * Z * spread)
        covered += errors[-1] <= Z * spread
    if not errors:
        return Band(0, 0.0, 0.0, 0.0, 0.0)
    mae, last_mae = _mean(errors), _mean(last_errors)
    skill = 1 - mae / last_mae if last_mae else 0.0
    return Band(len(errors), mae, skill, covered / len(errors), _mean(widths))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
