"""What the API answers and takes, beside the overview itself; its description is made of these."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from messaging.dead_letters.dead_letter import ID_CHARACTERS

MOST_IDS = 1_000


class Model(BaseModel):
    """Unchangeable, and with exactly its own fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Point(Model):
    """Queue, rates and delay in one step of time. A measure is None while nobody tells it."""

    at: Annotated[int, Field(description="when the step began, in seconds since 1970")]
    ready: int | None
    unacked: int | None
    dead_letters: int | None
    publish_rate: Annotated[float | None, Field(description="messages a second")]
    stored_rate: Annotated[float | None, Field(description="readings a second")]
    latency_p50: Annotated[float | None, Field(description="seconds")]
    latency_p95: Annotated[float | None, Field(description="seconds")]


class History(Model):
    """The last hour since the dashboard was started, oldest first."""

    step_seconds: int
    points: list[Point]


class Minute(Model):
    """What a sensor measured in one minute, in °C."""

    at: Annotated[int, Field(description="when it began, in seconds since 1970")]
    readings: int
    min: float
    mean: float
    max: float


class Minutes(Model):
    """The last hour of some sensors, minute by minute; a minute without a reading is not there."""

    sensors: dict[str, list[Minute]]


class DeadLetterItem(Model):
    """A dead message. Anyone may have written it: nothing of it is to be taken for markup."""

    id: str
    reason: str
    detail: str
    at: datetime | None
    sensor_id: str | None
    replays: int
    body: Annotated[str, Field(description="its beginning; what is not UTF-8 is escaped")]
    body_bytes: int


class DeadLetters(Model):
    """The oldest dead messages, and how many of each reason there are among those that were looked at."""

    at: datetime
    depth: Annotated[int, Field(description="how many there are in all")]
    looked_at: int
    reasons: dict[str, int]
    messages: list[DeadLetterItem]


class Order(Model):
    """Which dead messages are meant: those with these IDs, or those of a reason that died before a moment."""

    ids: Annotated[
        list[Annotated[str, Field(pattern=rf"^[0-9a-f]{{{ID_CHARACTERS}}}$")]], Field(max_length=MOST_IDS)
    ] = []
    reason: str | None = None
    died_before: datetime | None = None

    @model_validator(mode="after")
    def _is_bounded(self) -> Self:
        """Nobody means everything, or what he has not seen yet."""
        if bool(self.ids) == bool(self.reason):
            raise ValueError("name either ids or a reason")
        if self.reason and (self.died_before is None or self.died_before.tzinfo is None):
            raise ValueError("a reason needs died_before, a time with its offset")
        return self


class Outcome(Model):
    """What became of an order."""

    done: Annotated[dict[str, int], Field(description="how many of each reason")]
    refused: Annotated[int, Field(description="replayed too often already")] = 0
    not_found: list[str] = []


class Access(Model):
    """Whether anything can be changed here, and whether by whoever asks."""

    possible: Annotated[bool, Field(description="DASHBOARD_TOKEN is set")]
    granted: Annotated[bool, Field(description="the request has the right token")]


class ErrorResponse(Model):
    """Why there is no answer."""

    error: str
    done: Annotated[dict[str, int] | None, Field(description="what was done before it failed")] = None
