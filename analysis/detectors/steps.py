"""Finds spikes and level shifts: both start with a step; a spike returns, a level shift stays."""

from math import log, sqrt
from typing import NamedTuple

from analysis.anomaly import AnomalyKind
from analysis.binary import StateReader, StateWriter
from analysis.detectors.finding import Finding, decimals_for, describe_expected
from analysis.detectors.scale import RobustScale
from analysis.detectors.short_term import ShortTerm
from analysis.incidents import Incidents
from analysis.parameters import Parameters
from analysis.thresholds import TailThreshold, readings_per_alarm

MAX_SCORE = 100.0


class Step(NamedTuple):
    """A step that is found: from what was expected, to what was measured."""

    at: float
    observed: float
    expected: float
    half_width: float
    score: float


class Shift(NamedTuple):
    """A level shift that is not yet accepted as normal."""

    at: float
    before: float
    size: float
    readings: int


class StepDetector:
    """Judges each reading by those before it, and once more when the next one is known.

    The first judgement finds large steps at once. The second one compares a reading with both of its
    neighbours, which finds spikes of half the size.
    """

    __slots__ = (
        "_both_scale",
        "_parameters",
        "_residual",
        "_shift",
        "_step",
        "rates",
        "short_term",
        "spike_threshold",
        "step_threshold",
    )

    def __init__(self, parameters: Parameters) -> None:
        rate, shares = parameters.false_alarms_per_day, parameters.shares
        self._parameters = parameters.short_term
        self._both_scale = RobustScale(parameters.short_term)
        self._residual = 0.0
        self._step: Step | None = None
        self._shift: Shift | None = None
        self.rates = (rate * shares.step, rate * shares.spike)
        self.short_term = ShortTerm(parameters.short_term)
        tail, power = parameters.threshold, parameters.threshold.residual_power
        self.step_threshold = TailThreshold(self.rates[0], 0.0, tail, power=power)
        self.spike_threshold = TailThreshold(self.rates[1], 0.0, tail, power=power)

    def set_interval(self, interval: float) -> None:
        """Set the thresholds of an unknown sensor, which depend on the number of readings per day."""
        margin = self._parameters.prior_margin
        for threshold, rate in zip((self.step_threshold, self.spike_threshold), self.rates, strict=True):
            threshold.set_prior(margin * sqrt(2.0 * log(readings_per_alarm(interval, rate))))

    def half_width(self, at: float, factor: float) -> float:
        """Return the largest plausible distance of the next reading in K; NaN while it is unknown."""
        if self.short_term.readings < self._parameters.warm_up_readings:
            return float("nan")
        return self.short_term.sigma(at) * self.step_threshold.value * factor

    def add(self, at: float, value: float, factor: float, incidents: Incidents) -> float:
        """Take the next reading, and report what is found; return by how many K an accepted level shifted."""
        short_term = self.short_term
        if short_term.readings == 0:
            short_term.move(at, value)
        elif self._step is not None:
            self._decide(self._step, at, value, incidents)
        elif short_term.is_gap(at):
            short_term.learn_gap(at, value)
            self._residual = 0.0
        else:
            self._judge(at, value, factor, incidents)
        return 0.0 if self._shift is None else self._follow_shift(self._shift, at, incidents)

    def _judge(self, at: float, value: float, factor: float, incidents: Incidents) -> None:
        short_term = self.short_term
        expected = short_term.expected()
        sigma = short_term.sigma(at)
        residual = value - expected
        score = abs(residual) / sigma if sigma > 0.0 else 0.0
        if short_term.readings >= self._parameters.warm_up_readings:
            self.step_threshold.observe(at, score)
            margin = 1.0 + self._parameters.warm_up_margin / short_term.readings
            limit = self.step_threshold.value * factor * margin
            if score >= limit:
                step = Step(at, value, expected, sigma * limit, min(score / limit, MAX_SCORE))
                self._learn(at, residual)
                self._start(step, incidents)
                return
            self._judge_last(at, value, factor * margin, incidents)
        self._residual = residual
        short_term.learn(at, value, residual, sigma)

    def _judge_last(self, at: float, value: float, factor: float, incidents: Incidents) -> None:
        """Judge the last reading once more, by this one as well."""
        short_term = self.short_term
        weight = self._parameters.past_weight
        change = value - short_term.last
        both = weight * self._residual - (1.0 - weight) * change
        size = abs(both)
        sigma = self._both_scale.sigma(self._parameters.resolution_scale * short_term.resolution)
        opposite = self._residual * change < 0.0
        is_peak = opposite and abs(self._residual) > 0.5 * size and abs(change) > 0.5 * size
        score = size / sigma if is_peak and sigma > 0.0 else 0.0
        limit = self.spike_threshold.value * factor
        known = self._both_scale.count >= self._parameters.warm_up_readings
        if known:
            self.spike_threshold.observe(short_term.last_at, score)
        if known and score >= limit:
            score = min(score / limit, MAX_SCORE)
            step = Step(short_term.last_at, short_term.last, short_term.last - both, sigma * limit, score)
            incidents.report(_spike(step), at)
            incidents.end(AnomalyKind.SPIKE, at)
            self._residual = 0.0
        self._both_scale.learn(at, size, sigma)

    def _start(self, step: Step, incidents: Incidents) -> None:
        shift = self._shift
        if shift is not None and abs(step.observed - shift.before) < self._parameters.returned * abs(
            shift.size
        ):
            # It is the way back.
            self._end_shift(step.at, incidents)
            self._continue(step.at, step.observed)
            return
        self._step = step
        incidents.report(_spike(step), step.at)

    def _decide(self, step: Step, at: float, value: float, incidents: Incidents) -> None:
        """Decide by the reading after a step what it was."""
        self._step = None
        height = step.observed - step.expected
        distance = value - step.expected
        if abs(distance) < self._parameters.returned * abs(height):
            incidents.end(AnomalyKind.SPIKE, at)
            self._learn(at, distance)
        elif distance * height > 0.0:
            # A step from a level that is not yet normal is another shift.
            incidents.end(AnomalyKind.LEVEL_SHIFT, step.at)
            incidents.supersede(AnomalyKind.SPIKE, _level_shift(step, value), at)
            self._shift = Shift(step.at, step.expected, height, 0)
            self._learn(at, value - step.observed)
        else:
            self._learn(at, distance)
            if at - step.at < self._parameters.max_gap_intervals * self.short_term.interval:
                # It went as far to the other side: one disturbance, which the next reading decides.
                self._step = step._replace(observed=value)
                return
            incidents.end(AnomalyKind.SPIKE, at)
        self._continue(at, value)

    def _learn(self, at: float, residual: float) -> None:
        """Let the scale learn from a step: else a sensor that becomes restless would be one for ever."""
        short_term = self.short_term
        short_term.scale.learn(at, abs(residual), short_term.sigma(short_term.last_at))

    def _continue(self, at: float, value: float) -> None:
        if self.short_term.is_gap(at):
            self.short_term.learn_gap(at, value)
        else:
            self.short_term.move(at, value)
        self._residual = 0.0

    def _follow_shift(self, shift: Shift, at: float, incidents: Incidents) -> float:
        self._shift = shift._replace(readings=shift.readings + 1)
        parameters = self._parameters
        if at - shift.at < parameters.accepted_seconds or shift.readings < parameters.accepted_readings:
            return 0.0
        self._end_shift(at, incidents)
        remaining = self.short_term.last - shift.before
        return remaining if remaining / shift.size > parameters.returned else 0.0

    def _end_shift(self, at: float, incidents: Incidents) -> None:
        self._shift = None
        incidents.end(AnomalyKind.LEVEL_SHIFT, at)

    def write(self, state: StateWriter) -> None:
        """Append the state."""
        state.numbers(self._residual, self._step is not None, self._shift is not None)
        state.numbers(*(self._step or ()), *(self._shift or ()))
        for part in (self._both_scale, self.short_term, self.step_threshold, self.spike_threshold):
            part.write(state)

    def read(self, state: StateReader) -> None:
        """Take over a state."""
        self._residual, has_step, has_shift = state.numbers(3)
        self._step = Step(*state.numbers(5)) if has_step else None
        self._shift = None
        if has_shift:
            at, before, size, readings = state.numbers(4)
            self._shift = Shift(at, before, size, int(readings))
        for part in (self._both_scale, self.short_term, self.step_threshold, self.spike_threshold):
            part.read(state)


def _spike(step: Step) -> Finding:
    return _finding(AnomalyKind.SPIKE, "a spike", step, step.observed)


def _level_shift(step: Step, value: float) -> Finding:
    return _finding(AnomalyKind.LEVEL_SHIFT, "a lasting step", step, value)


def _finding(kind: AnomalyKind, name: str, step: Step, value: float) -> Finding:
    lower, upper = step.expected - step.half_width, step.expected + step.half_width
    size = abs(value - step.expected)
    decimals = decimals_for(step.half_width)
    reason = (
        f"{value:.{decimals}f} °C where {describe_expected(lower, upper, decimals)} was expected: "
        f"{name} of {size:.{decimals}f} K within one reading"
    )
    return Finding(kind, step.at, step.score, value, step.expected, lower, upper, reason)
