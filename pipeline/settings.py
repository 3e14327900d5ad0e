"""Settings of the consumer."""

import os
import socket
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from db.settings import DatabaseSettings
from messaging.settings import BrokerSettings
from runtime.settings import ServiceSettings, TimeZone

MAX_PREFETCH = 65535
MAX_BATCH = 10_000
MAX_LINGER_SECONDS = 10


class PipelineSettings(BrokerSettings, DatabaseSettings, ServiceSettings):
    """Settings of the consumer; the processing range simulates work on each message."""

    batch_size: int = Field(
        default=1,
        ge=1,
        le=MAX_BATCH,
        description="Messages that are stored by one statement and acked together",
    )
    batch_linger_seconds: float = Field(
        default=0.05,
        ge=0,
        le=MAX_LINGER_SECONDS,
        description="Seconds that an incomplete batch waits for more messages",
    )
    prefetch_count: int | None = Field(
        default=None,
        ge=1,
        le=MAX_PREFETCH,
        description=(
            "Unacked messages that a consumer may hold, at least `BATCH_SIZE`; unset: 1, or twice "
            "`BATCH_SIZE` in batches"
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
        if self.prefetch < self.batch_size:
            raise ValueError(
                f"PREFETCH_COUNT ({self.prefetch}) is below BATCH_SIZE ({self.batch_size}), so no batch "
                "could be full: leave it unset to derive it"
            )
        return self

    @property
    def prefetch(self) -> int:
        """The maximum number of unacked messages: a batch, and the next one in transit."""
        return self.prefetch_count or (2 * self.batch_size if self.batch_size > 1 else 1)

    @property
    def name(self) -> str:
        """The name of this process in the management UI and in pg_stat_activity."""
        return f"pipeline@{socket.gethostname()}:{os.getpid()}"
