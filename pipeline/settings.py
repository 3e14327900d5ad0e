"""What the consumer reads from the environment."""

import os
import socket
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import Field, PlainValidator, model_validator

from db.settings import DatabaseSettings
from messaging.settings import BrokerSettings
from service.settings import ServiceSettings

MAX_PREFETCH = 65535


def _zone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(value))
    except (OSError, ValueError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        raise ValueError("must be a time zone such as UTC or Europe/Berlin") from None


class PipelineSettings(BrokerSettings, DatabaseSettings, ServiceSettings):
    """Seconds are real seconds; the processing range simulates work on each message."""

    prefetch_count: int = Field(default=1, ge=1, le=MAX_PREFETCH)
    processing_seconds_min: float = Field(default=0, ge=0, le=3600)
    processing_seconds_max: float = Field(default=0, ge=0, le=3600)
    naive_time_zone: Annotated[ZoneInfo, PlainValidator(_zone)] = ZoneInfo("UTC")

    @model_validator(mode="after")
    def _range(self) -> Self:
        if self.processing_seconds_max < self.processing_seconds_min:
            raise ValueError(
                f"PROCESSING_SECONDS_MAX ({self.processing_seconds_max:g}) is below "
                f"PROCESSING_SECONDS_MIN ({self.processing_seconds_min:g})"
            )
        return self

    @property
    def name(self) -> str:
        """This process among its like, in the management UI and in pg_stat_activity."""
        return f"pipeline@{socket.gethostname()}:{os.getpid()}"
