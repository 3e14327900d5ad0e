"""Sources: the definition of a system from which readings are fetched. It never contains a secret."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Any, cast
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)

from jobs.source_kinds import DAY_SECONDS, HOUR_SECONDS, KINDS, KindSpec, Secret, SourceKind
from readings.ids import validate_sensor_id
from readings.model import Unit
from readings.units import parse_unit
from runtime.addresses import has_credentials, is_http_url
from runtime.settings import time_zone
from runtime.text import quote_name
from runtime.text_fields import Text, is_storable

MAX_SENSORS = 1000
MAX_REMOTE_CHARACTERS = 256
MAX_LAG_SECONDS = 366 * DAY_SECONDS
OptionValue = str | int | float | bool
_NAME = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")
# Only these variables, so that no source can send the password of the broker or the database to its address.
_SECRET_NAME = re.compile(r"SOURCE_[A-Z0-9_]*[A-Z0-9]")
_CONFIG = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, allow_inf_nan=False)


def _check_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError('must be lower-case letters and digits, joined by "-", "_" or ".", such as attic-2')
    return name


def _check_address(address: str) -> str:
    if has_credentials(address):  # so it is not repeated
        raise ValueError(
            "contains a user or a password: remove it, set the secret in a variable SOURCE_…, and write the "
            "name of that variable in secret_name"
        )
    if address.startswith(("ws://", "wss://")):
        raise ValueError("must start with http:// or https://, for a WebSocket too")
    if not is_http_url(address):
        raise ValueError("must be an http or https URL, such as http://homeassistant.local:8123")
    if "?" in address or "#" in address:
        raise ValueError('must end before "?" or "#": each request adds its own path and query')
    return address.rstrip("/")


def _check_secret_name(name: str) -> str:
    if not _SECRET_NAME.fullmatch(name):  # it may be the secret itself, so it is not repeated
        raise ValueError(
            "must be the name of the environment variable that contains the secret, in capitals and starting "
            "with SOURCE_, such as SOURCE_ATTIC_TOKEN; never the secret itself"
        )
    return name


class SourceSensor(BaseModel):
    """A sensor of a source: the name that it has there, and the sensor to which its values belong here."""

    model_config = _CONFIG

    remote: Text = Field(min_length=1, max_length=MAX_REMOTE_CHARACTERS)
    sensor_id: Annotated[str, AfterValidator(validate_sensor_id)]


class Source(BaseModel):
    """A system from which readings are fetched.

    `address` is the URL up to the paths of its API. `secret_name` is the name of the variable with the token
    or password. `time_zone` is that of times without an offset. `cursor` is the time up to which values were
    fetched. `lag_seconds` is how far before it an incremental run starts to read.
    """

    model_config = _CONFIG

    name: Annotated[str, Field(max_length=64), AfterValidator(_check_name)]
    kind: SourceKind
    address: Annotated[str, AfterValidator(_check_address)] | None = Field(
        default=None, validate_default=True
    )
    secret_name: Annotated[str, AfterValidator(_check_secret_name)] | None = Field(
        default=None, validate_default=True
    )
    sensors: tuple[SourceSensor, ...] = Field(min_length=1, max_length=MAX_SENSORS)
    unit: Unit = Field(default=cast("Unit", None), validate_default=True)
    time_zone: Annotated[str, AfterValidator(lambda name: time_zone(name).key)] | None = None
    cursor: AwareDatetime | None = None
    requests_per_minute: int = Field(
        default_factory=lambda values: KINDS[values["kind"]].requests_per_minute if "kind" in values else 60,
        ge=1,
        le=6000,
    )
    lag_seconds: int = Field(
        default_factory=lambda values: (
            KINDS[values["kind"]].lag_seconds if "kind" in values else HOUR_SECONDS
        ),
        ge=0,
        le=MAX_LAG_SECONDS,
    )
    options: dict[str, OptionValue] = Field(default_factory=dict, validate_default=True)

    @property
    def spec(self) -> KindSpec:
        """What is fixed for its kind."""
        return KINDS[self.kind]

    @property
    def zone(self) -> ZoneInfo | None:
        """The zone of times without an offset."""
        return ZoneInfo(self.time_zone) if self.time_zone else None

    @field_validator("address")
    @classmethod
    def _complete_address(cls, address: str | None, info: ValidationInfo) -> str | None:
        kind, spec = _kind_of(info)
        if spec is None or (spec.has_address and address):
            return address
        if not spec.has_address:
            if address:
                raise ValueError(f"is not used by the kind {kind}: leave it out")
            return None
        if spec.address is None:
            raise ValueError(f"is missing, and the kind {kind} has no usual one: set it to a URL")
        return spec.address

    @field_validator("secret_name")
    @classmethod
    def _check_secret(cls, name: str | None, info: ValidationInfo) -> str | None:
        kind, spec = _kind_of(info)
        if spec and spec.secret is Secret.REQUIRED and name is None:
            raise ValueError(
                f"is missing: the kind {kind} requires a token; write the name of the environment variable "
                "that contains it, such as SOURCE_ATTIC_TOKEN"
            )
        if spec and spec.secret is Secret.NONE and name is not None:
            raise ValueError(f"is not used by the kind {kind}, which is public: leave it out")
        return name

    @field_validator("sensors")
    @classmethod
    def _check_sensors(
        cls, sensors: tuple[SourceSensor, ...], info: ValidationInfo
    ) -> tuple[SourceSensor, ...]:
        kind, spec = _kind_of(info)
        for sensor in sensors:
            if spec and not spec.remote.fullmatch(sensor.remote):
                raise ValueError(
                    f"contains {quote_name(sensor.remote)}; a sensor of the kind {kind} is named as in "
                    f'"{spec.remote_example}"'
                )
        _check_unique("remote", (sensor.remote for sensor in sensors))
        _check_unique("sensor_id", (sensor.sensor_id for sensor in sensors))
        return sensors

    @field_validator("unit", mode="before")
    @classmethod
    def _complete_unit(cls, unit: Any, info: ValidationInfo) -> Any:
        kind, spec = _kind_of(info)
        parsed = parse_unit(unit) if isinstance(unit, str) else unit
        if spec is None:
            return parsed or Unit.CELSIUS
        if parsed is None and spec.unit is None:
            raise ValueError(
                f"is missing, and the kind {kind} does not fix it: set it to celsius, fahrenheit or kelvin"
            )
        if parsed is not None and spec.unit not in (None, parsed):
            raise ValueError(
                f"is {quote_name(str(unit))}, but the kind {kind} sends {spec.unit}: leave it out"
            )
        return parsed or spec.unit

    @field_validator("options")
    @classmethod
    def _check_options(cls, options: dict[str, OptionValue], info: ValidationInfo) -> dict[str, OptionValue]:
        kind, spec = _kind_of(info)
        known = spec.options if spec else {}
        for name, value in options.items():
            if spec and name not in known:
                accepted = f"it has {', '.join(known)}" if known else "it has none"
                raise ValueError(
                    f"contains {quote_name(name)}, which is no option of the kind {kind}; {accepted}"
                )
            if spec and not _is_of(value, known[name].value_type):
                raise ValueError(f"contains {name} with another type than {known[name].value_type.__name__}")
            if isinstance(value, str) and not is_storable(value):
                raise ValueError(f"contains {name} with U+0000 or half of a surrogate pair: write text")
        for name, option in known.items():
            if option.is_required and name not in options:
                raise ValueError(
                    f"lacks {name}, {option.description}, which the kind {kind} requires: add {name}=…"
                )
        return options


def _kind_of(info: ValidationInfo) -> tuple[SourceKind | None, KindSpec | None]:
    """Return the kind with what is fixed for it; nothing if the kind is invalid, which is reported alone."""
    kind = info.data.get("kind")
    return kind, KINDS.get(kind) if kind else None


def _check_unique(field: str, values: Iterable[str]) -> None:
    repeated = [value for value, count in Counter(values).items() if count > 1]
    if repeated:
        raise ValueError(f"contains the {field} {quote_name(repeated[0])} twice: name each once")


def _is_of(value: OptionValue, expected: type[OptionValue]) -> bool:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return type(value) is expected or (expected is float and is_number)
