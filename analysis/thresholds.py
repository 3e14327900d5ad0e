"""Thresholds from a stated number of false alarms: the tail of block maxima, and an alarm budget.

The largest score of each block of some hours is kept. Scores of neighbouring readings depend on each other,
maxima of blocks hardly do; so the excess of the largest maxima over a level gives, with an exponential tail,
the score that is exceeded at the stated rate (peaks over threshold; Coles 2001, chapter 4).
"""

from array import array
from math import ceil, exp, log

from analysis.binary import StateReader, StateWriter
from analysis.parameters import DAY_SECONDS, BudgetParameters, ThresholdParameters

MIN_READINGS_PER_ALARM = 2.0


def readings_per_alarm(interval: float, rate_per_day: float) -> float:
    """Return how many readings there are per permitted alarm, at an interval in seconds.

    It is at least two: with weeks between readings more alarms are permitted than there are readings, and
    each of these still needs a threshold.
    """
    return max(DAY_SECONDS / interval / rate_per_day, MIN_READINGS_PER_ALARM)


class TailThreshold:
    """The threshold of one detector of one sensor."""

    __slots__ = ("_block", "_block_rate", "_largest", "_maxima", "_parameters", "_power", "prior", "value")

    def __init__(
        self, rate_per_day: float, prior: float, parameters: ThresholdParameters, *, power: float = 1.0
    ) -> None:
        """Start with a prior threshold.

        A power of the scores is exponential in the tail: 1 for the surprise of runs, 2 for normal residuals.
        """
        self._parameters = parameters
        self._power = power
        self._block_rate = rate_per_day * parameters.block_seconds / DAY_SECONDS
        self._block = -1.0
        self._largest = 0.0
        self._maxima = array("f")
        self.prior = prior
        """The threshold before the sensor is known."""
        self.value = prior
        """The score that is exceeded at the stated rate."""

    @property
    def blocks(self) -> int:
        """How many blocks are remembered."""
        return len(self._maxima)

    def observe(self, at: float, score: float) -> None:
        """Take a score of normal behaviour, or of an anomaly: what it adds is limited."""
        block = at // self._parameters.block_seconds
        if block != self._block:
            if self._block >= 0.0:
                self._close()
            self._block = block
            self._largest = 0.0
        self._largest = max(self._largest, score)

    def set_prior(self, prior: float) -> None:
        """Change the threshold that holds before the sensor is known."""
        self.prior = prior
        self._fit()

    def _close(self) -> None:
        self._maxima.append(min(self._largest, self._parameters.clip * self.value))
        if len(self._maxima) > self._parameters.blocks:
            del self._maxima[0]
        self._fit()

    def _fit(self) -> None:
        parameters = self._parameters
        count = len(self._maxima)
        unknown = max(0.0, 1.0 - count / parameters.unknown_blocks)
        prior = self.prior * (1.0 + parameters.unknown_margin * unknown)
        above = ceil(count * parameters.tail_share)
        if above in {0, count}:
            self.value = prior
            return
        ordered = sorted(score**self._power for score in self._maxima)
        start = ordered[-above - 1]
        excess = max(sum(ordered[-above:]) / above - start, parameters.min_spread * start)
        fitted = start + excess * max(log(above / count / self._block_rate), 0.0)
        weight = count / (count + parameters.prior_blocks)
        blended = weight * fitted ** (1.0 / self._power) + (1.0 - weight) * prior
        self.value = max(blended, parameters.min_of_prior * self.prior)

    def write(self, state: StateWriter) -> None:
        """Append the state."""
        state.numbers(self._block, self._largest, self.prior, self.value)
        state.singles(self._maxima)

    def read(self, state: StateReader) -> None:
        """Take over a state."""
        self._block, self._largest, self.prior, self.value = state.numbers(4)
        self._maxima = state.singles()


class AlarmBudget:
    """The common factor of a sensor's thresholds: it rises with each alarm and falls with time.

    At the stated rate of alarms both cancel, so that the rate holds whatever the tail of the scores is, and
    a restless sensor raises fewer and fewer alarms.
    """

    __slots__ = ("_at", "_decay", "_parameters", "factor")

    def __init__(self, rate_per_day: float, parameters: BudgetParameters) -> None:
        self._parameters = parameters
        self._decay = parameters.step * rate_per_day / DAY_SECONDS
        self._at = float("nan")
        self.factor = 1.0
        """What each threshold is multiplied by."""

    def advance(self, at: float) -> float:
        """Let time pass, and return the factor."""
        if self._at < at:
            factor = self.factor * exp(self._decay * (self._at - at))
            self.factor = max(factor, self._parameters.min_factor)
        self._at = at
        return self.factor

    def spend(self) -> None:
        """Count an alarm."""
        self.factor = min(self.factor * exp(self._parameters.step), self._parameters.max_factor)

    def write(self, state: StateWriter) -> None:
        """Append the state."""
        state.numbers(self._at, self.factor)

    def read(self, state: StateReader) -> None:
        """Take over a state."""
        self._at, self.factor = state.numbers(2)
