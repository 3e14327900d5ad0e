"""Settings of the consumer."""

import os
import socket
from contextlib import suppress
from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo

from annotated_types import Ge, Le
from pydantic import Field, PlainValidator, model_validator

from db.settings import PAST_RETENTION_DESCRIPTION, DatabaseSettings, PastRetention, PlausibleSettings
from messaging.settings import BrokerSettings
from runtime.settings import ServiceSettings, TimeZone
from runtime.tracing_settings import TracingSettings

MAX_PREFETCH = 65535
MAX_BATCH = 10_000
MAX_LINGER_SECONDS = 10
AUTO: Final = "auto"
MAX_AUTO_BATCH = 500  # more is hardly faster
# Messages of at most 64 KiB. With fewer a consumer waits for a busy broker (docs/adr/0009-batches.md).
AUTO_PREFETCH = 3000


def parse_batch_size(value: object) -> int | Literal["auto"]:
    """Return a batch size, or that the consumer chooses it.

    Raises:
        ValueError: When it is neither.
    """
    if value == AUTO:
        return AUTO
    with suppress(ValueError):
        if 1 <= (number := int(str(value))) <= MAX_BATCH:
            return number
    raise ValueError(f"must be `{AUTO}` or a number from 1 to {MAX_BATCH}")


BatchSize = Annotated[
    Annotated[int, Ge(1), Le(MAX_BATCH)] | Literal["auto"],  # the bounds are for the documentation
    PlainValidator(parse_batch_size),
]


class PipelineSettings(BrokerSettings, DatabaseSettings, PlausibleSettings, TracingSettings, ServiceSettings):
    """Settings of the consumer; the processing range simulates work on each message."""

    batch_size: BatchSize = Field(
        default=1,
        description=(
            "Messages that are stored by one statement and acked together; `auto`: as many as have arrived, "
            f"at most {MAX_AUTO_BATCH}"
        ),
    )
    batch_linger_seconds: float = Field(
        default=0,
        ge=0,
        le=MAX_LINGER_SECONDS,
        description="Seconds that an incomplete batch waits for more messages; `auto` never waits",
    )
    prefetch_count: int | None = Field(
        default=None,
        ge=1,
        le=MAX_PREFETCH,
        description=(
            "Unacked messages that a consumer may hold, at least `BATCH_SIZE`; unset: 1, twice `BATCH_SIZE` "
            f"if that is more, or {AUTO_PREFETCH} if it is `auto`"
        ),
    )
    processing_seconds_min: float = Field(
        default=0, ge=0, le=3600, description="Shortest simulated work per message, in seconds"
    )
    processing_seconds_max: float = Field(
        default=0, ge=0, le=3600, description="Longest simulated work per message, in seconds"
    )
    naive_time_zone: TimeZone = Field(
        default=ZoneInfo("UTC"), description="Time zone of times without an offset"
    )
    past_retention: PastRetention = Field(default="dead-letter", description=PAST_RETENTION_DESCRIPTION)

    @model_validator(mode="after")
    def _range(self) -> Self:
        if self.processing_seconds_max < self.processing_seconds_min:
            raise ValueError(
                f"PROCESSING_SECONDS_MAX ({self.processing_seconds_max:g}) is below "
                f"PROCESSING_SECONDS_MIN ({self.processing_seconds_min:g})"
            )
        return self

    @model_validator(mode="after")
    def _full_batches(self) -> Self:
        if self.prefetch < self.max_batch:
            raise ValueError(
                f"PREFETCH_COUNT ({self.prefetch}) is below BATCH_SIZE ({self.batch_size}), so no batch "
                "could be full: leave it unset to derive it"
            )
        return self

    @model_validator(mode="after")
    def _auto_without_simulated_work(self) -> Self:
        if self.batch_size == AUTO and self.processing_seconds_max:
            raise ValueError(
                f"PROCESSING_SECONDS_MAX is {self.processing_seconds_max:g}, but BATCH_SIZE=auto would hold "
                f"up to {self.prefetch} messages during that work: simulate it with BATCH_SIZE=1"
            )
        return self

    @property
    def linger_seconds(self) -> float:
        """Seconds that an incomplete batch waits for more messages.

        None with `auto`, and no error: a copy of the `.env.example` of 0.1.0 sets 0.05.
        """
        return 0 if self.batch_size == AUTO else self.batch_linger_seconds

    @property
    def max_batch(self) -> int:
        """The maximum number of messages in a batch."""
        if self.batch_size != AUTO:
            return self.batch_size
        return min(MAX_AUTO_BATCH, self.prefetch_count or MAX_AUTO_BATCH)

    @property
    def prefetch(self) -> int:
        """The maximum number of unacked messages: a batch, and what arrives while it is stored."""
        if self.prefetch_count:
            return self.prefetch_count
        if self.batch_size == AUTO:
            return AUTO_PREFETCH
        return 2 * self.batch_size if self.batch_size > 1 else 1

    @property
    def name(self) -> str:
        """The name of this process in the management UI and in pg_stat_activity."""
        return f"pipeline@{socket.gethostname()}:{os.getpid()}"
