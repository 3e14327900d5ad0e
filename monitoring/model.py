"""The state of the whole system at one moment, for the status screen, the dashboard and the alerter."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from monitoring.problems import ProblemKind, Source
from runtime.severity import Severity


class Health(StrEnum):
    """How a service responds."""

    READY = "ready"
    NOT_READY = "not-ready"  # alive, but a dependency is down
    STALLED = "stalled"  # the process exists, but makes no progress
    DOWN = "down"  # it does not respond at all


@dataclass(frozen=True, kw_only=True)
class Service:
    """One process. `reason` says why it is not ready; `restarts` is None where they are not counted."""

    name: str
    health: Health
    reason: str | None = None
    health_since: datetime | None = None
    started_at: datetime | None = None
    restarts: int | None = None


@dataclass(frozen=True, kw_only=True)
class Queue:
    """The queue and its dead-letter queue, as the broker counts them. Rates are in messages per second.

    `max_prefetch` is the largest prefetch of the consumers, None if it is unknown. `oldest_enqueued_at` is
    when the oldest message that is ready entered the queue, however old its reading is. `drops` says what
    makes the broker drop messages by age or length; it is empty unless someone has set such a limit.
    """

    name: str
    ready: int
    unacked: int
    dead_letters: int
    consumers: int
    publish_rate: float
    ack_rate: float
    max_prefetch: int | None = None
    oldest_enqueued_at: datetime | None = None
    drops: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Throughput:
    """What the consumers stored recently.

    Rates are in readings per second. Latencies are in seconds from `measured_at` to the commit, None
    without a stored reading.
    """

    stored_rate: float | None
    latency_p50: float | None
    latency_p95: float | None


@dataclass(frozen=True, kw_only=True)
class Sensor:
    """A sensor as `sensor_status` and `last_hour_summary` return it. Temperatures are in °C.

    The statistics of the last hour are None if nothing was measured in it. `minutes` holds the mean of
    each of the last 60 minutes, oldest first, None for a minute without a reading.
    """

    sensor_id: str
    name: str | None
    location: str | None
    last_measured_at: datetime
    last_temperature: float | None  # None if it is not a finite number
    interval_seconds: float | None  # the usual interval between two readings
    offline_since: datetime | None
    last_received_at: datetime | None = None  # by the database's clock
    readings: int | None = None
    min_temperature: float | None = None
    mean_temperature: float | None = None
    max_temperature: float | None = None
    minutes: list[float | None] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Excursion:
    """An excursion of a sensor that lasts. Threshold and peak are in °C, those of the rule `rate` in K."""

    excursion_id: int
    sensor_id: str
    rule: str
    threshold: float
    severity: str
    started_at: datetime
    peak: float
    acknowledged_by: str | None


@dataclass(frozen=True, kw_only=True)
class OpenExcursions:
    """How many excursions last, and the latest of them, critical before others."""

    total: int
    latest: list[Excursion]


@dataclass(frozen=True, kw_only=True)
class Anomaly:
    """An anomaly of a sensor that lasts. Temperatures are in °C."""

    anomaly_id: int
    sensor_id: str
    kind: str
    started_at: datetime
    observed: float
    expected: float
    reason: str


@dataclass(frozen=True, kw_only=True)
class OpenAnomalies:
    """How many anomalies last, and the latest of them. Those that a person marked as wrong do not count."""

    total: int
    latest: list[Anomaly]


@dataclass(frozen=True, kw_only=True)
class FailedWorkflow:
    """A workflow that failed, and that was neither retried nor requested again since."""

    workflow_id: UUID
    kind: str
    schedule: str | None
    ended_at: datetime
    error: str | None


@dataclass(frozen=True, kw_only=True)
class UnclaimedJobs:
    """Jobs of a kind that have been ready for long, while no worker that runs them was seen."""

    kind: str
    jobs: int
    ready_since: datetime


@dataclass(frozen=True, kw_only=True)
class Workflows:
    """What is wrong with workflows; without any workflow there is nothing."""

    failed: list[FailedWorkflow]
    unclaimed: list[UnclaimedJobs]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something that is wrong, and what to do about it.

    `kind` and `subject` identify it for as long as it lasts. `started_at` is None if the problem is older
    than the first collection and no service reports when it started.
    """

    kind: ProblemKind
    subject: str
    # Set below. Without a default, pydantic would omit it from the JSON.
    severity: Severity = field(init=False, default=Severity.WARNING)
    started_at: datetime | None
    message: str
    hint: str

    def __post_init__(self) -> None:
        """Take the severity of the kind."""
        object.__setattr__(self, "severity", self.kind.severity)


@dataclass(frozen=True, kw_only=True)
class SystemStatus:
    """The state of the whole system at one moment.

    A part is None while its source does not respond; a problem says why. `services` is empty if the
    setting SERVICES is. `unread` names the sources that did not respond, or have no such queue: whether the
    problems that only they show last is unknown.
    """

    at: datetime
    services: list[Service]
    queue: Queue | None
    throughput: Throughput
    sensors: list[Sensor] | None
    problems: list[Problem]
    excursions: OpenExcursions | None = None
    anomalies: OpenAnomalies | None = None
    unread: list[Source] = field(default_factory=list)
