"""Schedules: their definitions, and which of their times are due.

A cron expression has five fields, as Debian's cron reads them. At a change of the clocks, an expression with
a fixed hour and minute occurs once: a time that is skipped occurs when the clocks have moved forward, one
that is repeated occurs the first time. With * in the minute or the hour, it follows the clock as it is.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from runtime.errors import InvalidInput
from runtime.settings import time_zone
from runtime.text_fields import Text

FIELDS = 5
CRON_HINT = "use five fields, such as 30 2 * * * for 02:30 every day"
# A time that is at most this old was not missed: the service was only slow to see it.
ON_TIME = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
# How far back the latest time is searched, in steps, so that few times are passed in each.
SEARCH_PERIODS = (timedelta(hours=1), timedelta(days=1), timedelta(days=31), timedelta(days=366))

Overlap = Literal["skip", "queue", "replace"]
CatchUp = Literal["none", "last", "all"]
ScheduleName = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", description="Letters, digits and . _ -")
]


class ScheduleDefinition(BaseModel):
    """What a schedule requests, and when."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Text = Field(max_length=100, description="Kind of the workflows")
    spec: dict[str, Any] = Field(default={}, description="Spec of the workflows")
    cron: Text = Field(max_length=200, description="Its times as a cron expression of five fields")
    time_zone: Annotated[str, AfterValidator(lambda name: time_zone(name).key)] = Field(
        default="UTC", description="Time zone of the expression"
    )
    overlap: Overlap = Field(
        default="skip", description="What happens at a time while the last workflow has not ended"
    )
    catch_up: CatchUp = Field(default="last", description="Which missed times are made up for")
    enabled: bool = Field(default=True, description="Whether it requests workflows")


class Firing(NamedTuple):
    """What to do at a schedule: the time to request a workflow for (None: none), and its next time."""

    due: datetime | None
    next_at: datetime | None


def first_time(cron: str, zone: str, now: datetime) -> datetime:
    """Return the first time of a new schedule.

    Raises:
        InvalidInput: The expression is invalid, or has no time.
    """
    if len(cron.split()) != FIELDS:
        raise InvalidInput(f"has {len(cron.split())} fields: {CRON_HINT}", "cron")
    found = next_time(cron, zone, now)
    if found is None:
        raise InvalidInput("never occurs within 50 years: check the day and the month", "cron")
    return found


def next_time(cron: str, zone: str, after: datetime) -> datetime | None:
    """Return the first time after a moment, in UTC; None if there is none within 50 years.

    Raises:
        InvalidInput: The expression is invalid.
    """
    return next(_times(cron, zone, after), None)


def decide(
    definition: ScheduleDefinition, next_at: datetime, now: datetime, *, last_ended_at: datetime | None
) -> Firing:
    """Return what to do at a schedule whose next time has come.

    `last_ended_at` is when its last workflow ended. A time before that was not missed, but waited for it.
    """
    cron, zone = definition.cron, definition.time_zone
    if definition.catch_up == "all":
        return Firing(next_at, next_time(cron, zone, next_at))
    due = _latest_time(cron, zone, next_at, now)
    following = next_time(cron, zone, due)
    has_waited = definition.overlap == "queue" and last_ended_at is not None and due <= last_ended_at
    if definition.catch_up == "none" and now - due > ON_TIME and not has_waited:
        return Firing(None, following)
    return Firing(due, following)


def _latest_time(cron: str, zone: str, next_at: datetime, now: datetime) -> datetime:
    """Return the latest time up to now; `next_at` is one that has come."""
    latest = next_at
    for period in SEARCH_PERIODS:
        start = now - period
        if start <= next_at:
            break
        found = next_time(cron, zone, start)
        if found is not None and found <= now:
            latest = found
            break
    for time in _times(cron, zone, latest):
        if time > now:
            break
        latest = time
    return latest


def _times(cron: str, zone: str, after: datetime) -> Iterator[datetime]:
    """Yield the times after a moment, in UTC and in order.

    Raises:
        InvalidInput: The expression is invalid.
    """
    previous = after
    try:
        for time in CronSim(cron, after.astimezone(ZoneInfo(zone))):
            # Within a repeated hour, the library starts from its first occurrence.
            if (found := time.astimezone(UTC)) > previous:
                yield found
                previous = found
    except CronSimError as error:
        reason = str(error).removeprefix("Bad ")
        raise InvalidInput(f"its {reason} cannot be used: {CRON_HINT}", "cron") from None
    except OverflowError:  # after the last year that Python knows
        return
