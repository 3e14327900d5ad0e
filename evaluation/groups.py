"""Simulated locations: sensors that follow the same temperature, each in its own way."""

from dataclasses import dataclass
from math import exp, sqrt
from random import Random
from statistics import fmean, pstdev

from analysis.neighbours.group import Group
from evaluation.injection import DRIFT_DAYS, DRIFT_WEEKLY_DEVIATIONS
from evaluation.plan import FALSE_ALARMS_PER_DAY
from evaluation.simulation import DAY, PROPERTIES, START, Signal, simulate

HALF_HOUR = 1_800.0
PER_DAY = 48
HISTORY_DAYS = 21
MIN_SENSORS, MAX_SENSORS = 3, 8
GAINS = (0.7, 1.3)
WANDER_SHARE, WANDER_HOURS = 0.15, 10.0
"""What each sensor does by itself: a share of the standard deviation of what all do, and for how long."""
Values = list[float]


@dataclass(slots=True)
class GroupTrials:
    """What groups found of a drift that was injected into one of their sensors, after a clean history."""

    trials: int = 0
    found: int = 0
    accused: int = 0
    """Trials in which a sensor without a drift was reported while another one drifted."""
    clean_alarms: int = 0
    clean_days: float = 0.0
    """Of all sensors together."""


def measure_group_drift(signal: Signal, *, trials: int, seed: int) -> GroupTrials:
    """Let a sensor of a location drift by four weekly standard deviations in five days, in each trial."""
    result = GroupTrials()
    for number in range(trials):
        random = Random(f"{signal} {seed} {number}")  # noqa: S311 (a simulation)
        sensors = location(signal, random, seed=700_000 + seed * 1000 + number)
        slope = random.choice((-1, 1)) * DRIFT_WEEKLY_DEVIATIONS * weekly_deviation(sensors[0]) / DRIFT_DAYS
        start = HISTORY_DAYS * PER_DAY
        sensors[0][start:] = [
            value + slope * min(step / PER_DAY, DRIFT_DAYS) for step, value in enumerate(sensors[0][start:])
        ]
        _judge(sensors, result)
    return result


def location(signal: Signal, random: Random, *, seed: int) -> list[Values]:
    """Return the half hours of three to eight sensors, for the history, the drift and a day after it."""
    days = HISTORY_DAYS + DRIFT_DAYS + 1.0
    common = _half_hours(signal, days, seed)
    noise = PROPERTIES[signal].noise
    return [_follower(common, noise, random) for _ in range(random.randint(MIN_SENSORS, MAX_SENSORS))]


def _half_hours(signal: Signal, days: float, seed: int) -> Values:
    """Return the means of the half hours; one without readings has that of the one before."""
    bins: dict[int, list[float]] = {}
    for at, value in simulate(signal, interval=300.0, days=days, seed=seed):
        bins.setdefault(int((at - START) // HALF_HOUR), []).append(value)
    means: Values = []
    for number in range(min(bins), min(bins) + int(days * PER_DAY)):
        means.append(fmean(bins[number]) if number in bins else means[-1])
    return means


def _follower(common: Values, noise: float, random: Random) -> Values:
    """Return a sensor with a gain and an offset of its own, and with noise, some of which lasts for hours."""
    middle, deviation = fmean(common), WANDER_SHARE * pstdev(common)
    gain, offset = random.uniform(*GAINS), random.gauss(0.0, 2.0)
    kept = exp(-HALF_HOUR / (WANDER_HOURS * 3_600.0))
    wander = random.gauss(0.0, deviation)
    values = []
    for value in common:
        wander = kept * wander + deviation * sqrt(1 - kept * kept) * random.gauss(0.0, 1.0)
        own = wander + random.gauss(0.0, noise)
        values.append(middle + offset + gain * (value - middle) + own)
    return values


def weekly_deviation(values: Values) -> float:
    """Return the mean standard deviation of the weeks of the history."""
    week = 7 * PER_DAY
    return fmean(pstdev(values[start : start + week]) for start in range(0, HISTORY_DAYS * PER_DAY, week))


def _judge(sensors: list[Values], result: GroupTrials) -> None:
    group = Group(FALSE_ALARMS_PER_DAY)
    first = int(START / HALF_HOUR)
    start = START + HISTORY_DAYS * DAY
    drifts: set[tuple[str, float, float]] = set()
    for number, row in enumerate(zip(*sensors, strict=True)):
        values = {str(sensor): value for sensor, value in enumerate(row)}
        for sensor, anomaly in group.add(first + number, values).drifts:
            drifts.add((sensor, anomaly.started_at, anomaly.detected_at))
    result.trials += 1
    result.found += any(sensor == "0" and detected > start for sensor, _, detected in drifts)
    result.accused += any(sensor != "0" and detected > start for sensor, _, detected in drifts)
    result.clean_alarms += sum(detected <= start for _, _, detected in drifts)
    result.clean_days += len(sensors) * HISTORY_DAYS
