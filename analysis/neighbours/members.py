"""The sensors of a group, with what is remembered of each."""

from dataclasses import dataclass, field

from analysis.neighbours.drift import Drift
from analysis.neighbours.parameters import BIN_SECONDS, BINS_PER_DAY

INITIAL_RADIUS = 2.5
MIN_RADIUS, MAX_RADIUS = 1.0, 8.0
RADIUS_STEP = 0.05
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
    """Alarms, of which old ones count less."""
    difference: float = 0.0
    """The difference of its daily mean from what its neighbours say, in K."""
    largest: float = 0.0
    """The largest such difference of this day."""
    drift: Drift | None = field(default=None)

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

    def calibrate(self, distance: float, nominal_miss: float) -> None:
        """Adapt the interval to a value at this distance, in standard deviations."""
        missed = 1.0 if distance > self.radius else 0.0
        changed = self.radius * (1.0 + RADIUS_STEP * (missed - nominal_miss))
        self.radius = min(max(changed, MIN_RADIUS), MAX_RADIUS)
