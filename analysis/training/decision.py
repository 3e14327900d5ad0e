"""When a model of a sensor gets a new version."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Stage(StrEnum):
    """What a model can have learned, by the length of its history."""

    FIRST_DAY = "first day"
    DAILY_SEASON = "daily season"
    WEEKLY_SEASON = "weekly season"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingParameters:
    """When models are trained."""

    first_days: int = 1
    """Days of history of the first version."""
    daily_days: int = 3
    """Days of history from which on the daily season is known well enough for a version of its own."""
    weekly_days: int = 15
    """The same of the weekly season."""
    compared_days: int = 2
    """Days whose errors are compared with those before the version."""
    max_growth: float = 1.25
    """How much larger the error may get, relative to that of the last value, before a model is trained."""
    min_interval_days: int = 3
    """Days between two versions because of errors."""
    history_days: int = 28
    """Days of history that a model is trained on."""
    kept_versions: int = 10
    """Versions of a sensor's model that are kept."""


class Day(NamedTuple):
    """How good a model was on a day: its error relative to that of the last value."""

    day: dt.date
    relative_error: float


class Version(NamedTuple):
    """What is remembered of the active version of a model."""

    version: int
    stage: Stage
    trained_on: dt.date
    relative_error: float | None
    """Its error relative to that of the last value when it was trained; None if it is not known."""


class Decision(NamedTuple):
    """A new version: why, and whether it is trained again rather than continued from what is running."""

    reason: str
    stage: Stage
    retrain: bool
    relative_error: float | None


def decide(
    active: Version | None, first_day: dt.date, days: Sequence[Day], parameters: TrainingParameters
) -> Decision | None:
    """Return the version that is due at the end of the last of some days; None if none is."""
    if not days:
        return None
    today = days[-1].day
    recent = days[-parameters.compared_days :]
    relative_error = sum(day.relative_error for day in recent) / len(recent)
    stage = _stage((today - first_day).days + 1, parameters)
    if stage is None:
        return None
    if active is None or list(Stage).index(stage) > list(Stage).index(active.stage):
        return Decision(f"{stage} learned", stage, retrain=False, relative_error=relative_error)
    if (today - active.trained_on).days < parameters.min_interval_days or active.relative_error is None:
        return None
    since = [day for day in recent if day.day > active.trained_on]
    # Of each of the days, so that a single unusual day is no reason.
    limit = parameters.max_growth * max(active.relative_error, 0.5)
    if len(since) < parameters.compared_days or any(day.relative_error <= limit for day in since):
        return None
    reason = (
        f"errors grew: {relative_error:.2f} times those of the last value, "
        f"{active.relative_error:.2f} when version {active.version} was trained"
    )
    return Decision(reason, active.stage, retrain=True, relative_error=relative_error)


def _stage(history_days: int, parameters: TrainingParameters) -> Stage | None:
    if history_days >= parameters.weekly_days:
        return Stage.WEEKLY_SEASON
    if history_days >= parameters.daily_days:
        return Stage.DAILY_SEASON
    return Stage.FIRST_DAY if history_days >= parameters.first_days else None
