"""What the whole system does at one moment: facts that the status screen, dashboard and watch share."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Health(StrEnum):
    """How a service answers."""

    READY = "ready"
    WAITING = "waiting"  # alive, and something that it needs is away
    HANGS = "hangs"
    DOWN = "down"  # it does not answer at all


class ProblemKind(StrEnum):
    """What can be wrong."""

    BROKER_AWAY = "broker-away"
    DATABASE_AWAY = "database-away"
    SERVICE_DOWN = "service-down"
    SERVICE_HANGS = "service-hangs"
    SERVICE_WAITING = "service-waiting"
    NO_CONSUMER = "no-consumer"
    BEHIND = "behind"
    DEAD_LETTERS = "dead-letters"
    SENSOR_SILENT = "sensor-silent"


@dataclass(frozen=True, kw_only=True)
class Service:
    """One process. `why` is what it waits for; `restarts` is None where nobody counts them."""

    name: str
    health: Health
    why: str | None = None
    since: datetime | None = None  # when this health began
    started_at: datetime | None = None
    restarts: int | None = None


@dataclass(frozen=True, kw_only=True)
class Queue:
    """The queue and its dead queue, as the broker counts them. Rates are in messages a second."""

    name: str
    ready: int
    unacked: int
    dead: int
    consumers: int
    published_rate: float
    acked_rate: float
    oldest_waiting: datetime | None = None  # about when the oldest waiting reading was measured


@dataclass(frozen=True, kw_only=True)
class Flow:
    """What the consumers did lately.

    Delays are seconds from `measured_at` to the commit; None without any.
    """

    stored_rate: float | None
    delay_p50: float | None
    delay_p95: float | None


@dataclass(frozen=True, kw_only=True)
class Sensor:
    """A sensor as `sensor_status` and `last_hour_summary` give it. Temperatures are in °C.

    The hour's measures are None when nothing was measured within it. `minutes` is the mean of each of the
    last 60 minutes, oldest first, None where nothing was measured.
    """

    sensor_id: str
    name: str | None
    location: str | None
    last_measured_at: datetime
    last_temperature: float
    interval_seconds: float | None  # its usual one
    silent_since: datetime | None
    last_received_at: datetime | None = None  # when it arrived, on the database's clock
    readings: int | None = None
    min_temperature: float | None = None
    mean_temperature: float | None = None
    max_temperature: float | None = None
    minutes: list[float | None] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something is wrong: with what, since when as far as is known, and what to do about it.

    `since` is None when it was so before anybody looked, and nobody else tells.

    `kind` and `subject` name it for as long as it lasts.
    """

    kind: ProblemKind
    subject: str
    since: datetime | None
    sentence: str
    advice: str


@dataclass(frozen=True, kw_only=True)
class SystemStatus:
    """Everything at one moment. A part is None while whoever knows it does not answer; a problem tells why.

    Without any service nobody told where they are: the setting SERVICES is empty.
    """

    at: datetime
    services: list[Service]
    queue: Queue | None
    flow: Flow
    sensors: list[Sensor] | None
    problems: list[Problem]
