"""What a limit is, and what an excursion beyond it is. Times are in seconds since 1970 (UTC)."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from limits.schedule import Schedule
from runtime.severity import Severity


class LimitKind(StrEnum):
    """What a limit bounds."""

    HIGH = "high"  # temperatures above the threshold
    LOW = "low"  # temperatures below the threshold
    RATE = "rate"  # changes by more than the threshold within the window
    STALE = "stale"  # no reading for longer than the delay


class Reading(NamedTuple):
    """A stored reading; readings are in the order of this tuple."""

    measured_at: float
    temperature: float


class EndReason(StrEnum):
    """Why an excursion ended."""

    RECOVERED = "recovered"  # the value came back
    UNKNOWN = "unknown"  # the sensor sent nothing for more than 2.5 of its usual intervals
    SCHEDULE = "schedule"  # the limit does not hold at this time of the week
    REMOVED = "removed"  # the limit was changed or removed, or the sensor is no longer watched


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """A limit of one sensor; thresholds are in °C, of a rate in K, and hysteresis is in K."""

    limit_id: int
    kind: LimitKind
    threshold: float
    delay_seconds: float = 0.0
    hysteresis: float = 0.0
    window_seconds: float = 0.0
    severity: Severity = Severity.WARNING
    schedule: Schedule | None = field(default=None, compare=False)


@dataclass(slots=True)
class Excursion:
    """A time beyond a limit. `ended_at` is None while it lasts; then it is known until `last_at`.

    `peak` is the value furthest beyond the threshold: a temperature, or for a rate the change in K, after
    which the temperature was `peak_temperature`. `degree_minutes` is the integral beyond the threshold.
    """

    started_at: float
    last_at: float
    peak: float
    peak_temperature: float
    peak_at: float
    degree_minutes: float = 0.0
    ended_at: float | None = None
    end_reason: EndReason | None = None
