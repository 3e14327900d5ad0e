"""Forecasts of one sensor: competing models, calibrated intervals and their evaluation."""

from analysis.forecasting.bins import Bin
from analysis.forecasting.evaluation import ACTIVE, Evaluation
from analysis.forecasting.forecaster import Added, ClosedBin, Forecaster
from analysis.forecasting.horizon import HORIZONS, STEP, Horizon
from analysis.forecasting.replay import replay

__all__ = [
    "ACTIVE",
    "HORIZONS",
    "STEP",
    "Added",
    "Bin",
    "ClosedBin",
    "Evaluation",
    "Forecaster",
    "Horizon",
    "replay",
]
