"""Finds a value that repeats for longer than the sensor's own repeats make plausible."""

from datetime import timedelta
from math import log, sqrt

from analysis.anomaly import AnomalyKind
from analysis.binary import StateReader, StateWriter
from analysis.detectors.finding import Finding
from analysis.parameters import StuckParameters
from analysis.thresholds import TailThreshold, readings_per_alarm
from runtime.text import format_duration


class StuckDetector:
    """The score of a run of equal values is its surprise: its length times that of one repeat.

    Where repeats are independent, the surprise of runs has an exponential tail with mean 1. Where they are
    not (a coarse sensor at night), the block maxima have learnt how long runs become.
    """

    __slots__ = ("_first_at", "_parameters", "_rate", "_readings", "_repeats", "_share", "threshold", "value")

    def __init__(self, parameters: StuckParameters, threshold: TailThreshold, rate_per_day: float) -> None:
        self._parameters = parameters
        self._rate = rate_per_day
        self._first_at = 0.0
        self._readings = 0
        self._repeats = 0
        self._share = parameters.prior_share
        self.threshold = threshold
        self.value = float("nan")
        """The value that repeats."""

    def set_interval(self, interval: float) -> None:
        """Set the threshold of an unknown sensor, which depends on the number of readings per day."""
        self.threshold.set_prior(log(readings_per_alarm(interval, self._rate)))

    def add(self, at: float, value: float, factor: float, resolution: float) -> Finding | None:
        """Take the next reading; return what is found at it."""
        parameters = self._parameters
        repeated = value == self.value
        if repeated:
            self._repeats += 1
            score = self._repeats * self._nats()
        else:
            self.value, self._first_at, self._repeats, score = value, at, 0, 0.0
        self.threshold.observe(at, score)
        # A run of equal values is plain evidence: the budget counts by half.
        limit = self.threshold.value * sqrt(factor)
        if score < limit:
            self._learn(repeated=repeated)
            return None
        if self._repeats < parameters.min_repeats or not self._is_known():
            return None
        duration = format_duration(timedelta(seconds=at - self._first_at))
        reason = (
            f"{value:g} °C for {self._repeats + 1} readings ({duration}): "
            f"the sensor repeats {100 * self._share:.0f} % of its values"
        )
        return Finding(
            AnomalyKind.STUCK,
            self._first_at,
            score / limit,
            value,
            value,
            value - resolution,
            value + resolution,
            reason,
        )

    def _nats(self) -> float:
        nats = -log(self._share)
        most = self._parameters.max_nats
        least = self._parameters.min_nats
        return most if nats > most else max(least, nats)

    def _is_known(self) -> bool:
        coarse = self._share > self._parameters.coarse_share
        return not coarse or self.threshold.blocks >= self._parameters.coarse_blocks

    def _learn(self, *, repeated: bool) -> None:
        if self._readings < self._parameters.memory_readings:
            self._readings += 1
        self._share += (repeated - self._share) / (self._readings + self._parameters.prior_readings)

    def write(self, state: StateWriter) -> None:
        """Append the state."""
        state.numbers(self._first_at, self._readings, self._repeats, self._share, self.value)
        self.threshold.write(state)

    def read(self, state: StateReader) -> None:
        """Take over a state."""
        self._first_at, readings, repeats, self._share, self.value = state.numbers(5)
        self._readings, self._repeats = int(readings), int(repeats)
        self.threshold.read(state)
