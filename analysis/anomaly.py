"""What an anomaly is. Times are in seconds since 1970 (UTC), temperatures in °C."""

from dataclasses import dataclass
from enum import StrEnum


class AnomalyKind(StrEnum):
    """What is not normal."""

    SPIKE = "spike"  # one or a few readings far from those around them
    LEVEL_SHIFT = "level-shift"  # a lasting step
    STUCK = "stuck"  # the same value for longer than the sensor's noise allows
    DRIFT = "drift"  # a slow change that the sensor's past or its neighbours do not explain
    DROPOUT = "dropout"  # a value that a faulty sensor sends, such as 0, 85 or -127
    UNUSUAL = "unusual"  # unusual for the time of day


@dataclass(frozen=True, slots=True, kw_only=True)
class Anomaly:
    """An incident of a sensor: one per kind at a time; `kind` and `started_at` identify it."""

    kind: AnomalyKind
    started_at: float
    ended_at: float | None = None
    """When it ended; None while it lasts."""
    detected_at: float
    """When the reading was measured that showed it."""
    score: float
    """Its largest distance from what is normal, as a multiple of the threshold."""
    observed: float
    """The value at its largest distance."""
    expected: float
    """What was expected instead."""
    lower: float
    """Lower bound of the expected interval."""
    upper: float
    """Upper bound of the expected interval."""
    model_version: str
    """What expected it: kind and version of the model, or the detector's own."""
    reason: str
    """Why, in words for people."""
    superseded_by: AnomalyKind | None = None
    """The kind that explains it instead, from the same start: a spike that stays is a level shift.

    This one is withdrawn then: the event is one incident, of the other kind.
    """
