"""The requests and responses of the API, except for the system's status itself."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from messaging.dead_letters.dead_letter import ID_CHARACTERS
from runtime.text_fields import Text
from web.errors import ErrorResponse

MAX_IDS = 1_000

SensorId = Text
MessageId = Annotated[str, Field(pattern=rf"^[0-9a-f]{{{ID_CHARACTERS}}}$")]
EpochSeconds = Annotated[int, Field(description="Start, in seconds since 1970-01-01 UTC")]


class Model(BaseModel):
    """Immutable, and without unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Point(Model):
    """Queue depth, rates and latency in one step of time. Unknown values are null."""

    at: EpochSeconds
    ready: int | None
    unacked: int | None
    dead_letters: int | None
    publish_rate: Annotated[float | None, Field(description="Messages per second")]
    stored_rate: Annotated[float | None, Field(description="Readings per second")]
    latency_p50: Annotated[float | None, Field(description="Seconds")]
    latency_p95: Annotated[float | None, Field(description="Seconds")]


class History(Model):
    """The last hour, at most since the dashboard was started, oldest first."""

    step_seconds: int
    points: list[Point]


class Minute(Model):
    """What a sensor measured in one minute, in °C. A value that is not a finite number is null."""

    at: EpochSeconds
    readings: int
    min: float | None
    mean: float | None
    max: float | None


class Minutes(Model):
    """The last hour of some sensors by the minute, without minutes that have no reading."""

    sensors: dict[str, list[Minute]]


class DeadLetterItem(Model):
    """A dead letter. Its text is untrusted: never interpret it as markup."""

    id: str
    reason: str
    detail: str
    hint: Annotated[str, Field(description="Whether a replay can store it")]
    at: Annotated[datetime | None, Field(description="When it was dead-lettered")]
    sensor_id: str | None
    replays: int
    body: Annotated[str, Field(description="Its beginning; bytes that are not UTF-8 are escaped")]
    body_bytes: int


class DeadLetters(Model):
    """The oldest dead letters, and how many of those that were inspected have each reason."""

    at: datetime
    depth: Annotated[int, Field(description="Number of messages in the dead-letter queue")]
    inspected: Annotated[int, Field(description="Number of messages that `reasons` counts")]
    reasons: dict[str, int]
    messages: list[DeadLetterItem]


class DeadLetterRequest(Model):
    """Selects dead letters by their IDs, or by a reason and the time before which they were dead-lettered."""

    ids: Annotated[list[MessageId], Field(max_length=MAX_IDS)] = []
    reason: Text | None = None
    dead_lettered_before: datetime | None = None

    @model_validator(mode="after")
    def _check_is_bounded(self) -> Self:
        # Neither everything at once, nor messages that the client has not seen yet.
        if bool(self.ids) == bool(self.reason):
            raise ValueError("give either ids or a reason")
        before = self.dead_lettered_before
        if self.reason and (before is None or before.tzinfo is None):
            raise ValueError("a reason requires dead_lettered_before, a time with its UTC offset")
        return self


class DeadLetterResult(Model):
    """What a replay or discard did."""

    done: Annotated[dict[str, int], Field(description="Number of messages with each reason")]
    refused: Annotated[int, Field(description="Number of messages that were replayed too often")] = 0
    not_found: list[str] = []


class PartialFailureResponse(ErrorResponse):
    """Why a replay or discard failed, and what it did before."""

    done: Annotated[dict[str, int] | None, Field(description="Number of messages with each reason")] = None
