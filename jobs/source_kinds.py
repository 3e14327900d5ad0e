"""The kinds of sources: what each can do, and how its sensors are named."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from jobs.influx_series import SERIES
from readings.model import Unit

HOUR_SECONDS = 3600
DAY_SECONDS = 86_400


class SourceKind(StrEnum):
    """The systems from which readings can be fetched."""

    HOME_ASSISTANT = "home-assistant"
    INFLUXDB = "influxdb"
    OPEN_METEO = "open-meteo"
    THINGSPEAK = "thingspeak"
    OPENSENSEMAP = "opensensemap"
    ZIGBEE2MQTT = "zigbee2mqtt"
    SHELLY = "shelly"
    SIGNAL_K = "signal-k"
    SIMULATED = "simulated"


class Secret(StrEnum):
    """Whether a kind uses a secret."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    NONE = "none"


@dataclass(frozen=True)
class Option:
    """An option of a kind, with what it means."""

    description: str
    value_type: type[str | int | float | bool] = str
    is_required: bool = False


@dataclass(frozen=True, kw_only=True)
class KindSpec:
    """What is fixed for a kind of source.

    `address` is the usual one, if there is one. `remote` is the pattern of the name that a sensor has there,
    and `remote_example` shows it. `unit` is that of all its values; None if it depends on the source. For so
    many seconds, `history_delay_seconds`, its history may lack what it has sent as a live value.
    """

    has_history: bool = False
    is_live: bool = False
    address: str | None = None
    has_address: bool = True
    secret: Secret = Secret.NONE
    unit: Unit | None = None
    remote: re.Pattern[str] = re.compile(r"\S+")
    remote_example: str
    options: Mapping[str, Option] = field(default_factory=dict)
    lag_seconds: int = HOUR_SECONDS
    requests_per_minute: int = 60
    history_delay_seconds: float = 0


_DEGREES = r"-?\d{1,3}(?:\.\d+)?"

KINDS: Mapping[SourceKind, KindSpec] = {
    SourceKind.HOME_ASSISTANT: KindSpec(
        has_history=True,
        is_live=True,
        secret=Secret.REQUIRED,
        remote=re.compile(r"[a-z0-9_]+\.[a-z0-9_]+"),
        remote_example="sensor.attic_temperature",
        history_delay_seconds=10,  # its recorder commits every five seconds
    ),
    SourceKind.INFLUXDB: KindSpec(
        has_history=True,
        secret=Secret.OPTIONAL,
        remote=SERIES,
        remote_example="temperature,room=attic value",
        options={
            "database": Option("the database", is_required=True),
            "retention_policy": Option("the retention policy; without it, the default of the database"),
            "user": Option("the user whose password is the secret; without it, the secret is a token"),
        },
        requests_per_minute=600,  # it is one's own, and each day of each sensor takes two
    ),
    SourceKind.OPEN_METEO: KindSpec(
        has_history=True,
        address="https://archive-api.open-meteo.com",
        secret=Secret.OPTIONAL,
        unit=Unit.CELSIUS,
        remote=re.compile(rf"{_DEGREES},{_DEGREES}"),
        remote_example="52.52,13.41",
        lag_seconds=7 * DAY_SECONDS,
    ),
    SourceKind.THINGSPEAK: KindSpec(
        has_history=True,
        address="https://api.thingspeak.com",
        secret=Secret.OPTIONAL,
        remote=re.compile(r"[1-9]\d*/field[1-8]"),
        remote_example="12397/field4",
    ),
    SourceKind.OPENSENSEMAP: KindSpec(
        has_history=True,
        address="https://api.opensensemap.org",
        remote=re.compile(r"[0-9a-f]{24}/[0-9a-f]{24}"),
        remote_example="57000b8745fd40c8196ad04c/57000b8745fd40c8196ad04e",
    ),
    SourceKind.ZIGBEE2MQTT: KindSpec(
        is_live=True, secret=Secret.OPTIONAL, remote=re.compile(r"\S(?:.*\S)?"), remote_example="fridge"
    ),
    SourceKind.SHELLY: KindSpec(
        is_live=True,
        secret=Secret.OPTIONAL,
        unit=Unit.CELSIUS,
        remote_example="temperature:0",
        options={
            "listen": Option(
                "listen at the address for devices that sleep, instead of connecting to it", bool
            )
        },
    ),
    SourceKind.SIGNAL_K: KindSpec(
        is_live=True,
        secret=Secret.OPTIONAL,
        unit=Unit.KELVIN,
        remote_example="environment.outside.temperature",
    ),
    SourceKind.SIMULATED: KindSpec(
        has_history=True,
        is_live=True,
        has_address=False,
        unit=Unit.CELSIUS,
        remote_example="simulated-1",
        options={
            "rate": Option("measurements per second of each sensor; without it, 1", float),
            "missing": Option("the probability that a value is missing", float),
            "repeated": Option("the probability that a live value is sent twice", float),
            "disconnect_after": Option("the number of live values after which the connection is lost", int),
        },
    ),
}
