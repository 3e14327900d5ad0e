"""A simulated room: a daily cycle, noise and drift, and the faults of real sensors on request."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sensor.sources.measurement import Measurement

SECONDS_A_DAY = 86_400
WARMEST_SECOND = 15 * 3600
FAULT_READINGS = 20
SPIKE_DEGREES = 25.0


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """Endless measurements in °C, the same for the same seed and start.

    The probabilities are per reading: of a spike (one reading far off), of a stuck value and of a dropout
    (each lasts 20 readings; a dropout gives no reading at all).
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
        """Measurements, one an interval."""
        generator = random.Random(self.seed)  # noqa: S311 (a simulation, not a secret)
        stuck_for = silent_for = number = 0
        value = self.mean
        while True:
            due = number * self.interval_seconds
            number += 1
            stuck_for = (
                stuck_for - 1 if stuck_for else FAULT_READINGS * _happens(generator, self.stuck_probability)
            )
            silent_for = (
                silent_for - 1
                if silent_for
                else FAULT_READINGS * _happens(generator, self.dropout_probability)
            )
            spike = SPIKE_DEGREES * generator.choice((-1, 1)) * _happens(generator, self.spike_probability)
            if not stuck_for:
                value = self._room(due) + generator.gauss(0, self.noise)
            if not silent_for:
                yield Measurement(due, round(value + spike, 3))

    def _room(self, seconds: float) -> float:
        start_of_day = self.start.replace(hour=0, minute=0, second=0, microsecond=0)
        second_of_day = (self.start - start_of_day).total_seconds() + seconds
        cycle = math.cos(2 * math.pi * (second_of_day - WARMEST_SECOND) / SECONDS_A_DAY)
        return self.mean + self.daily_swing * cycle + self.drift_per_day * seconds / SECONDS_A_DAY


def _happens(generator: random.Random, probability: float) -> bool:
    return generator.random() < probability
