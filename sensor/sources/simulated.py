"""A simulated room: a daily cycle, noise and drift, and optional sensor faults."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sensor.sources.measurement import Measurement

SECONDS_PER_DAY = 86_400
WARMEST_SECOND_OF_DAY = 15 * 3600
FAULT_READINGS = 20
SPIKE_DEGREES = 25.0


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """Endless measurements in °C. The same seed and start yield the same measurements.

    The probabilities are per reading. A spike is one outlier. A stuck sensor repeats its last value
    20 times. A dropout skips 20 readings.
    """

    start: datetime
    interval_seconds: float
    mean: float = 21.0
    daily_swing: float = 3.0
    noise: float = 0.15
    drift_per_day: float = 0.0
    spike_probability: float = 0.0
    stuck_probability: float = 0.0
    dropout_probability: float = 0.0
    seed: int | None = None

    def __iter__(self) -> Iterator[Measurement]:
        """Yield one measurement per interval."""
        generator = random.Random(self.seed)  # noqa: S311 (a simulation, not a secret)
        stuck_remaining = dropout_remaining = number = 0
        value = self.mean
        while True:
            due = number * self.interval_seconds
            number += 1
            stuck_remaining = _next_remaining(stuck_remaining, generator, self.stuck_probability)
            dropout_remaining = _next_remaining(dropout_remaining, generator, self.dropout_probability)
            spike = SPIKE_DEGREES * generator.choice((-1, 1)) * _occurs(generator, self.spike_probability)
            if not stuck_remaining:
                value = self._room_temperature(due) + generator.gauss(0, self.noise)
            if not dropout_remaining:
                yield Measurement(due, round(value + spike, 3))

    def _room_temperature(self, seconds: float) -> float:
        start_of_day = self.start.replace(hour=0, minute=0, second=0, microsecond=0)
        second_of_day = (self.start - start_of_day).total_seconds() + seconds
        cycle = math.cos(2 * math.pi * (second_of_day - WARMEST_SECOND_OF_DAY) / SECONDS_PER_DAY)
        return self.mean + self.daily_swing * cycle + self.drift_per_day * seconds / SECONDS_PER_DAY


def _next_remaining(remaining: int, generator: random.Random, probability: float) -> int:
    """Count a fault down, or start a new one with the given probability."""
    return remaining - 1 if remaining else FAULT_READINGS * _occurs(generator, probability)


def _occurs(generator: random.Random, probability: float) -> bool:
    return generator.random() < probability
