"""The sensors of a group, with what is remembered of each."""

import math
from dataclasses import dataclass, field
from typing import Self

from analysis.binary import StateReader, StateWriter
from analysis.neighbours.drift import Drift
from analysis.neighbours.parameters import BIN_SECONDS, BINS_PER_DAY

INITIAL_RADIUS = 2.5
MIN_RADIUS, MAX_RADIUS = 0.5, 8.0
RADIUS_STEP = 0.05
AGEING_DAYS = 2.0  # of silence, after which the variance of a virtual value has doubled
GAP_WEIGHT = 0.1


@dataclass(slots=True)
class Member:
    """A sensor of the group. Half hours are counted since 1970."""

    sensor_id: str
    joined: int
    last: int
    origin: float
    """What its values are relative to, in °C."""
    gap: float = 1.0
    """The usual distance of its half hours."""
    radius: float = INITIAL_RADIUS
    """Half the width of its interval, in standard deviations."""
    normal_at: float = 0.0
    """When it last agreed with its neighbours."""
    alarms: float = 0.0
    """Alarms, which count less as they get older."""
    difference: float = 0.0
    """The difference of its daily mean from what its neighbours say, in K."""
    largest: float = 0.0
    """The largest such difference of this day."""
    drift: Drift | None = field(default=None)

    def write(self, state: StateWriter) -> None:
        """Append the state."""
        state.text(self.sensor_id)
        state.numbers(self.joined, self.last, self.origin, self.gap, self.radius)
        state.numbers(self.normal_at, self.alarms, self.difference, self.largest)
        drift = self.drift
        state.numbers(drift is not None)
        if drift:
            state.numbers(drift.started_at, drift.detected_at, drift.score, drift.observed)
            state.numbers(drift.difference, drift.tolerance, drift.neighbours)

    @classmethod
    def read(cls, state: StateReader) -> Self:
        """Return the member that was written."""
        sensor_id = state.text()
        joined, last, origin, gap, radius = state.numbers(5)
        normal_at, alarms, difference, largest, has_drift = state.numbers(5)
        drift = None
        if has_drift:
            started_at, detected_at, score, observed, difference_then, tolerance, neighbours = state.numbers(
                7
            )
            drift = Drift(
                started_at, detected_at, score, observed, difference_then, tolerance, int(neighbours)
            )
        return cls(
            sensor_id,
            int(joined),
            int(last),
            origin,
            gap,
            radius,
            normal_at,
            alarms,
            difference,
            largest,
            drift,
        )

    @property
    def joined_at(self) -> float:
        """When its first half hour started."""
        return self.joined * BIN_SECONDS

    def receive(self, half_hour: int) -> None:
        """Note that it is present."""
        if half_hour > self.last:
            self.gap += GAP_WEIGHT * (min(half_hour - self.last, BINS_PER_DAY) - self.gap)
            self.last = half_hour

    @property
    def silent_after(self) -> float:
        """The half hours without a value after which it is absent for longer than usual."""
        return max(1.0, 1.5 * self.gap - 0.5)

    def is_silent(self, half_hour: int) -> bool:
        """Return whether it is absent for longer than usual."""
        return half_hour - self.last >= self.silent_after

    def radius_at(self, half_hour: int) -> float:
        """Return half the width of its interval; what was learnt of it becomes less certain with time."""
        return self.radius * math.sqrt(1.0 + (half_hour - self.last) / (BINS_PER_DAY * AGEING_DAYS))

    def calibrate(self, distance: float, nominal_miss: float) -> None:
        """Adapt the interval to a value at this distance, in standard deviations."""
        missed = 1.0 if distance > self.radius else 0.0
        changed = self.radius * (1.0 + RADIUS_STEP * (missed - nominal_miss))
        self.radius = min(max(changed, MIN_RADIUS), MAX_RADIUS)
