"""What the analysis is compared with: detectors that score each reading, and alarm above a threshold."""

import math
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from statistics import fmean, pstdev

from evaluation.series import DAY_SECONDS, Series
from limits.model import Reading

LEARNING_SHARE = 0.15
MIN_SPREAD = 0.01
"""In K: a sensor that repeats a value has no spread, and would alarm at its first change."""
MIN_DAY_READINGS = 12
REARM_SECONDS, REARM_INTERVALS = 3_600.0, 3.0

Scores = Callable[[Sequence[Reading]], Iterator[float]]


def constant_band(readings: Sequence[Reading]) -> Iterator[float]:
    """Yield the distance from the mean of the first 15 % of the readings, in their standard deviations."""
    learned = [reading.temperature for reading in readings[: max(2, int(LEARNING_SHARE * len(readings)))]]
    centre, spread = fmean(learned), max(pstdev(learned), MIN_SPREAD)
    for row, reading in enumerate(readings):
        yield abs(reading.temperature - centre) / spread if row >= len(learned) else 0.0


def rolling_day(readings: Sequence[Reading]) -> Iterator[float]:
    """Yield the distance from the mean of the 24 hours before a reading, in their standard deviations."""
    for reading, (centre, spread) in zip(readings, day_statistics(readings), strict=True):
        yield abs(reading.temperature - centre) / spread if spread else 0.0


def day_statistics(readings: Sequence[Reading]) -> Iterator[tuple[float, float]]:
    """Yield mean and standard deviation of the 24 hours before each reading; 0, 0 before there are enough."""
    recent: deque[Reading] = deque()
    total = squares = 0.0
    origin = readings[0].temperature if readings else 0.0
    for reading in readings:
        while recent and recent[0].measured_at <= reading.measured_at - DAY_SECONDS:
            value = recent.popleft().temperature - origin
            total, squares = total - value, squares - value * value
        if len(recent) < MIN_DAY_READINGS:
            yield 0.0, 0.0
        else:
            mean = total / len(recent)
            variance = max(0.0, squares / len(recent) - mean * mean)
            yield origin + mean, max(math.sqrt(variance), MIN_SPREAD)
        recent.append(reading)
        value = reading.temperature - origin
        total, squares = total + value, squares + value * value


@dataclass(frozen=True, slots=True)
class Scored:
    """A series with the score of each of its readings."""

    series: Series
    scores: Sequence[float]

    def alarms(self, threshold: float) -> list[float]:
        """Return the times at which the score rises above the threshold.

        As an incident of the analysis, an alarm ends when the score has been below for an hour and for three
        intervals.
        """
        rearm = max(REARM_SECONDS, REARM_INTERVALS * self.series.interval_seconds)
        found: list[float] = []
        last_above = -math.inf
        for reading, score in zip(self.series.readings, self.scores, strict=True):
            if score > threshold:
                if reading.measured_at - last_above > rearm:
                    found.append(reading.measured_at)
                last_above = reading.measured_at
        return found


def score_all(scores: Scores, series: Sequence[Series]) -> list[Scored]:
    """Score each of the series separately."""
    return [Scored(each, list(scores(each.readings))) for each in series]


def calibrate(scored: Sequence[Scored], alarms_per_day: float) -> float:
    """Return the lowest threshold at which there are at most so many alarms per sensor and day on average."""
    allowed = alarms_per_day * sum(each.series.days for each in scored)
    levels = sorted({score for each in scored for score in each.scores})
    # From above, because fewer alarms at a low threshold can be one long alarm.
    rank = bisect_left(range(len(levels)), True, key=lambda row: _count(scored, levels[row]) <= allowed)
    return levels[min(rank, len(levels) - 1)]


def _count(scored: Sequence[Scored], threshold: float) -> int:
    return sum(len(each.alarms(threshold)) for each in scored)


def random_alarms(series: Series, number: int, seed: int, first_row: int = 0) -> list[float]:
    """Return the times of so many readings, drawn from those from the first row on."""
    times = [reading.measured_at for reading in series.readings[first_row:]]
    return sorted(Random(seed).sample(times, min(number, len(times))))  # noqa: S311 (a comparison, not a secret)


def threshold_for(scored: Scored, number: int, first_row: int = 0) -> float:
    """Return a threshold at which there are about as many alarms, from the first row on, as given."""
    start = scored.series.readings[first_row].measured_at
    levels = sorted(set(scored.scores), reverse=True)
    before = levels[0]
    for level in levels[1:]:
        if sum(at >= start for at in scored.alarms(level)) > number:
            return before
        before = level
    return before
