"""The settings of the worker."""

import os
import socket

from pydantic import Field

from db.settings import DatabaseSettings, PlausibleSettings
from messaging.settings import BrokerSettings
from runtime.settings import ServiceSettings

MAX_JOBS = 64


class WorkerSettings(BrokerSettings, DatabaseSettings, PlausibleSettings, ServiceSettings):
    """How many jobs run at once, and which."""

    worker_jobs: int = Field(
        default=4, ge=1, le=MAX_JOBS, description="Jobs that run at once, each in a process of its own"
    )
    worker_kinds: str = Field(
        default="",
        description="The kinds of jobs that it runs, separated by commas; empty: all that it knows",
    )
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

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of jobs that it runs; empty for all."""
        return tuple(kind.strip() for kind in self.worker_kinds.split(",") if kind.strip())

    @property
    def name(self) -> str:
        """The name of this process, also in the management UI and in pg_stat_activity."""
        return f"worker@{socket.gethostname()}:{os.getpid()}"
