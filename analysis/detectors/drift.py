"""Finds a slow change: the mean of a day, far from the level of the weeks before."""

from array import array
from collections.abc import Sequence
from dataclasses import replace
from math import sqrt
from statistics import fmean

from analysis.anomaly import AnomalyKind
from analysis.binary import StateReader, StateWriter
from analysis.detectors.finding import Finding, describe_expected
from analysis.forecasting.bins import Bin
from analysis.incidents import Incidents
from analysis.parameters import DAY_SECONDS, Parameters
from analysis.thresholds import TailThreshold

QUARTERS = 4
QUARTER_SECONDS = DAY_SECONDS / QUARTERS
WEEK = 7 * QUARTERS
MAX_SCORE = 100.0


class DriftDetector:
    """Compares the mean of the last day with that of two weeks, which end some days before.

    The distance is in standard deviations of a week, so that neither a daily cycle nor changing weather is a
    drift. What is usual of it, as the slope of a season, is subtracted.
    """

    __slots__ = (
        "_count",
        "_means",
        "_parameters",
        "_quarter",
        "_square",
        "_sum",
        "_usual",
        "_variances",
        "_waits",
        "threshold",
    )

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = own = parameters.drift
        rate = parameters.false_alarms_per_day * parameters.shares.drift
        tail = replace(
            parameters.threshold,
            block_seconds=own.block_seconds,
            unknown_margin=0.0,
            prior_blocks=own.prior_blocks,
        )
        self.threshold = TailThreshold(rate, own.prior, tail)
        self._usual = 0.0
        self._waits = False
        # The present quarter of a day: its number, half hours, and the sums of their means and squares.
        self._quarter, self._count, self._sum, self._square = -1, 0, 0.0, 0.0
        # The means of the quarters before, and the variances within them.
        self._means = array("f")
        self._variances = array("f")

    def add(self, closed: Bin, factor: float, resolution: float, incidents: Incidents) -> None:
        """Take the mean of a half hour, and report what is found."""
        quarter = int(closed.at // QUARTER_SECONDS)
        if quarter != self._quarter:
            if self._count:
                self._close()
                if quarter - self._quarter > self._remembered:
                    # The weeks before are unknown: what is remembered is of another season.
                    self._forget(closed.at, incidents)
                elif not self._waits:
                    self._judge(closed.at, factor, resolution, incidents)
                self._waits = False
            self._quarter, self._count, self._sum, self._square = quarter, 0, 0.0, 0.0
        self._count += 1
        self._sum += closed.mean
        self._square += closed.mean * closed.mean

    def wait(self) -> None:
        """Do not judge the present quarter of a day."""
        self._waits = True

    def shift(self, size: float) -> None:
        """Raise what is remembered by a level shift, which is an anomaly of its own."""
        self._means = array("f", [mean + size for mean in self._means])
        self._square += size * (2.0 * self._sum + size * self._count)
        self._sum += size * self._count

    @property
    def _remembered(self) -> int:
        """How many quarters of a day are remembered."""
        return self._parameters.near_days * QUARTERS + 2 * WEEK

    def _forget(self, at: float, incidents: Incidents) -> None:
        self._means, self._variances, self._usual = array("f"), array("f"), 0.0
        incidents.end(AnomalyKind.DRIFT, at)

    def _close(self) -> None:
        mean = self._sum / self._count
        self._means.append(mean)
        self._variances.append(max(self._square / self._count - mean * mean, 0.0))
        if len(self._means) > self._remembered:
            del self._means[0], self._variances[0]

    def _judge(self, at: float, factor: float, resolution: float, incidents: Incidents) -> None:
        parameters = self._parameters
        if len(self._means) < parameters.history_days * QUARTERS:
            return
        near = parameters.near_days * QUARTERS
        level = fmean(self._means[:-near])
        floor = parameters.resolution_scale * resolution
        deviation = max(sqrt(self._weekly_variance(near)), floor)
        if deviation <= 0.0:
            return
        day = fmean(self._means[-QUARTERS:])
        distance = (day - level) / deviation - self._usual
        limited = max(-parameters.clip, min(distance, parameters.clip))
        self._usual += limited / (parameters.memory_days * QUARTERS)
        self.threshold.observe(at, abs(distance))
        limit = self.threshold.value * factor
        score = abs(distance) / limit
        expected = level + self._usual * deviation
        if score >= 1.0:
            incidents.report(_finding(at, score, day, expected, limit * deviation), at)
        elif score < parameters.ended:
            incidents.end(AnomalyKind.DRIFT, at)

    def _weekly_variance(self, near: int) -> float:
        means, variances = self._means[:-near], self._variances[:-near]
        weeks = [slice(-WEEK, None)] if len(means) <= WEEK else [slice(-WEEK, None), slice(None, -WEEK)]
        return fmean(fmean(variances[week]) + _variance(means[week]) for week in weeks)

    def write(self, state: StateWriter) -> None:
        """Append the state."""
        state.numbers(self._usual, self._waits, self._quarter, self._count, self._sum, self._square)
        state.singles(self._means)
        state.singles(self._variances)
        self.threshold.write(state)

    def read(self, state: StateReader) -> None:
        """Take over a state."""
        self._usual, waits, quarter, count, self._sum, self._square = state.numbers(6)
        self._waits, self._quarter, self._count = bool(waits), int(quarter), int(count)
        self._means, self._variances = state.singles(), state.singles()
        self.threshold.read(state)


def _variance(values: Sequence[float]) -> float:
    mean = fmean(values)
    return fmean((value - mean) ** 2 for value in values)


def _finding(at: float, score: float, day: float, expected: float, half_width: float) -> Finding:
    lower, upper = expected - half_width, expected + half_width
    reason = (
        f"{day:.2f} °C as the mean of a day where {describe_expected(lower, upper, 2)} was expected: "
        f"a drift of {abs(day - expected):.2f} K from the level of the weeks before"
    )
    return Finding(AnomalyKind.DRIFT, at, min(score, MAX_SCORE), day, expected, lower, upper, reason)
