"""Finds half hours that are unusual for the time of day."""

from dataclasses import replace

from analysis.anomaly import AnomalyKind
from analysis.binary import StateReader, StateWriter
from analysis.detectors.finding import Finding, decimals_for, describe_expected
from analysis.detectors.scale import RobustScale
from analysis.forecast import Forecast
from analysis.forecasting.bins import Bin
from analysis.incidents import Incidents
from analysis.parameters import Parameters
from analysis.thresholds import TailThreshold

MAX_SCORE = 100.0


class UnusualDetector:
    """Compares the end of each half hour with what was forecast for it a day before.

    The scale of the error is that of the hour of the day: an error at noon, when clouds matter, weighs less
    than at night.
    """

    __slots__ = ("_bins", "_parameters", "_quiet_until", "_scale", "threshold")

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = own = parameters.unusual
        rate = parameters.false_alarms_per_day * parameters.shares.unusual
        tail = replace(parameters.threshold, block_seconds=own.block_seconds, unknown_margin=0.0)
        self.threshold = TailThreshold(rate, own.prior, tail, power=tail.residual_power)
        self._scale = RobustScale(parameters.short_term)
        self._bins = 0
        self._quiet_until = float("-inf")

    def wait(self, at: float) -> None:
        """Do not judge while the forecasts of the day before are of another level."""
        self._quiet_until = at + self._parameters.quiet_seconds

    def add(
        self,
        closed: Bin,
        forecast: Forecast,
        factor: float,
        resolution: float,
        incidents: Incidents,
        model_version: str,
    ) -> None:
        """Take a half hour and its forecast, and report what is found."""
        at, value = closed.latest_at, closed.latest
        sigma = self._scale.sigma(resolution)
        error = abs(value - forecast.mean)
        self._scale.learn(at, error, sigma)
        self._bins += 1
        if self._bins < self._parameters.warm_up_bins or at < self._quiet_until:
            return
        score = error / sigma if sigma > 0.0 else 0.0
        self.threshold.observe(at, score)
        limit = self.threshold.value * factor
        if score >= limit:
            score = min(score / limit, MAX_SCORE)
            incidents.report(_finding(at, score, value, forecast.mean, limit * sigma), at, model_version)
        elif score < self._parameters.ended * limit:
            incidents.end(AnomalyKind.UNUSUAL, at)

    def write(self, state: StateWriter) -> None:
        """Append the state."""
        state.numbers(self._bins, self._quiet_until)
        self._scale.write(state)
        self.threshold.write(state)

    def read(self, state: StateReader) -> None:
        """Take over a state."""
        bins, self._quiet_until = state.numbers(2)
        self._bins = int(bins)
        self._scale.read(state)
        self.threshold.read(state)


def _finding(at: float, score: float, value: float, expected: float, half_width: float) -> Finding:
    lower, upper = expected - half_width, expected + half_width
    decimals = decimals_for(half_width)
    reason = (
        f"{value:.{decimals}f} °C where {describe_expected(lower, upper, decimals)} was expected "
        "at this time of the day"
    )
    return Finding(AnomalyKind.UNUSUAL, at, score, value, expected, lower, upper, reason)
