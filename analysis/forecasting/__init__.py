"""Forecasts of one sensor: competing models, calibrated intervals and their evaluation."""

from analysis.forecasting.evaluation import ACTIVE
from analysis.forecasting.forecaster import Forecaster
from analysis.forecasting.horizon import STEP
from analysis.forecasting.replay import replay

__all__ = ["ACTIVE", "STEP", "Forecaster", "replay"]
