"""Anomalies that are put into readings without any."""

from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise
from math import ceil
from random import Random
from statistics import mean, pstdev

from analysis.anomaly import AnomalyKind
from evaluation.simulation import DAY
from limits.model import Reading

SPIKE_SIGMAS = 10.0
"""The height of a spike and of a level shift, in standard deviations of the differences."""
DROPOUT_VALUES = (0.0, -127.0, 85.0, 999.0)
STUCK_SECONDS = DAY
MIN_STUCK_READINGS = 20
DRIFT_WEEKLY_DEVIATIONS = 4.0
DRIFT_DAYS = 5.0
MAX_DROPOUT_READINGS = 3
LEVEL_READINGS = 12


class Injection(StrEnum):
    """What is injected."""

    SPIKE = "spike"
    HALF_SPIKE = "spike of half the size"
    LEVEL_SHIFT = "level shift"
    STUCK = "stuck"
    DROPOUT = "dropout"
    DRIFT = "drift"

    @property
    def anomaly(self) -> AnomalyKind:
        """The kind of anomaly that it is."""
        return _ANOMALIES[self]


_ANOMALIES = {
    Injection.SPIKE: AnomalyKind.SPIKE,
    Injection.HALF_SPIKE: AnomalyKind.SPIKE,
    Injection.LEVEL_SHIFT: AnomalyKind.LEVEL_SHIFT,
    Injection.STUCK: AnomalyKind.STUCK,
    Injection.DROPOUT: AnomalyKind.DROPOUT,
    Injection.DRIFT: AnomalyKind.DRIFT,
}


def difference_deviation(readings: Sequence[Reading]) -> float:
    """Return the standard deviation of the differences of readings, in K."""
    return pstdev(after.temperature - before.temperature for before, after in pairwise(readings))


def weekly_deviation(readings: Sequence[Reading]) -> float:
    """Return the mean standard deviation of the weeks, in K."""
    weeks: dict[int, list[float]] = {}
    for at, value in readings:
        weeks.setdefault(int(at // (7 * DAY)), []).append(value)
    longest = max(len(week) for week in weeks.values())
    return mean(pstdev(week) for week in weeks.values() if len(week) > longest / 2)


def length(injection: Injection, interval: float) -> int:
    """Return how many readings are affected, and so have to follow."""
    if injection is Injection.STUCK:
        return max(MIN_STUCK_READINGS, ceil(STUCK_SECONDS / interval))
    if injection is Injection.DRIFT:
        return ceil((DRIFT_DAYS + 1.0) * DAY / interval)
    return LEVEL_READINGS


def inject(
    injection: Injection, clean: Sequence[Reading], random: Random, *, sigma: float, weekly: float
) -> list[Reading]:
    """Return readings with an anomaly that starts with the first one.

    `sigma` is the standard deviation of the differences, `weekly` that of a week, both in K.
    """
    sign = random.choice((-1.0, 1.0))
    values = [value for _, value in clean]
    first = values[0]
    if injection in {Injection.SPIKE, Injection.HALF_SPIKE}:
        part = 1.0 if injection is Injection.SPIKE else 0.5
        values[0] = first + sign * part * SPIKE_SIGMAS * sigma
    elif injection is Injection.LEVEL_SHIFT:
        values = [value + sign * SPIKE_SIGMAS * sigma for value in values]
    elif injection is Injection.STUCK:
        values = [first] * len(values)
    elif injection is Injection.DROPOUT:
        far = [value for value in DROPOUT_VALUES if abs(value - first) > max(4.0, SPIKE_SIGMAS * sigma)]
        count = random.randint(1, MAX_DROPOUT_READINGS)
        values[:count] = [random.choice(far)] * count
    else:
        started_at = clean[0].measured_at
        slope = sign * DRIFT_WEEKLY_DEVIATIONS * weekly / (DRIFT_DAYS * DAY)
        values = [
            value + slope * min(at - started_at, DRIFT_DAYS * DAY)
            for (at, _), value in zip(clean, values, strict=True)
        ]
    return [Reading(at, value) for (at, _), value in zip(clean, values, strict=True)]
