"""The settings of the worker, and what every service that runs jobs has."""

import os
import socket
from abc import abstractmethod
from typing import ClassVar

from pydantic import Field

from db.settings import DatabaseSettings, PlausibleSettings
from messaging.settings import BrokerSettings
from runtime.settings import ServiceSettings
from runtime.tracing_settings import TracingSettings

MAX_JOBS = 64


def split_kinds(text: str) -> tuple[str, ...]:
    """Return the kinds of jobs of a setting that separates them by commas."""
    return tuple(kind.strip() for kind in text.split(",") if kind.strip())


class JobSettings(BrokerSettings, DatabaseSettings, PlausibleSettings, TracingSettings, ServiceSettings):
    """How a service runs jobs, each in a process of its own."""

    service: ClassVar[str]

    worker_lease_seconds: float = Field(
        default=30,
        ge=1,
        le=600,
        description=(
            "Seconds after which another worker takes over a job whose worker does not answer; the lease is "
            "renewed six times as often"
        ),
    )
    worker_progress_seconds: float = Field(
        default=30,
        ge=1,
        le=3600,
        description="Seconds without progress after which a job counts as stalled, and is stopped",
    )
    worker_grace_seconds: float = Field(
        default=5,
        ge=0.1,
        le=60,
        description="Seconds that a job has to stop when it is interrupted, before it is killed",
    )
    worker_idle_exit_seconds: float = Field(
        default=0,
        ge=0,
        le=86_400,
        description=(
            "Seconds without a job after which the process exits with code 0, for a scaler that starts one "
            "when jobs wait; 0: never"
        ),
    )

    @property
    @abstractmethod
    def jobs(self) -> int:
        """How many jobs run at once."""

    @property
    @abstractmethod
    def kinds(self) -> tuple[str, ...]:
        """The kinds of jobs that it runs; empty for all that it knows."""

    @property
    def name(self) -> str:
        """The name of this process, also in the management UI and in pg_stat_activity."""
        return f"{self.service}@{socket.gethostname()}:{os.getpid()}"


class WorkerSettings(JobSettings):
    """How many jobs run at once, and which."""

    service: ClassVar[str] = "worker"

    worker_jobs: int = Field(
        default=4, ge=1, le=MAX_JOBS, description="Jobs that run at once, each in a process of its own"
    )
    worker_kinds: str = Field(
        default="",
        description="The kinds of jobs that it runs, separated by commas; empty: all that it knows",
    )

    @property
    def jobs(self) -> int:
        """How many jobs run at once."""
        return self.worker_jobs

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of jobs that it runs; empty for all that it knows."""
        return split_kinds(self.worker_kinds)
