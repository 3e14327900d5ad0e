"""Readings of a simulated room for the tests of the analysis."""

from collections.abc import Iterator
from math import sin
from random import Random

from analysis.anomaly import Anomaly
from analysis.sensor_analysis import SensorAnalysis
from limits.model import Reading

START = 1_700_000_000.0
NOISE = 0.15


def room(
    count: int, *, interval: float = 60.0, seed: int = 1, decimals: int = 3, swing: float = 2.0
) -> list[Reading]:
    """Return readings of a room with a daily cycle and noise."""
    generator = Random(seed)
    return [
        Reading(
            START + number * interval,
            round(21 + swing * sin(number * interval / 13_751) + generator.gauss(0, NOISE), decimals),
        )
        for number in range(count)
    ]


def changed(readings: list[Reading], number: int, *values: float) -> list[Reading]:
    """Return the readings with other temperatures from a number on."""
    result = list(readings)
    for offset, value in enumerate(values):
        result[number + offset] = Reading(result[number + offset].measured_at, value)
    return result


def raised(readings: list[Reading], number: int, size: float) -> list[Reading]:
    """Return the readings, higher by a size from a number on."""
    return [
        Reading(at, value + size) if index >= number else Reading(at, value)
        for index, (at, value) in enumerate(readings)
    ]


def analyse(readings: list[Reading], analysis: SensorAnalysis | None = None) -> Iterator[tuple[int, Anomaly]]:
    """Yield each change of an incident, with the number of the reading that showed it."""
    analysis = analysis or SensorAnalysis()
    for number, reading in enumerate(readings):
        for anomaly in analysis.add(reading):
            yield number, anomaly
