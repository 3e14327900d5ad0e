"""What a user enters to set limits or a silence, in the page, the API and the command line."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from limits.model import LimitKind
from limits.schedule import parse_schedule
from runtime.errors import InvalidInput
from runtime.severity import LimitSeverity
from runtime.text_fields import Text
from runtime.validation_messages import validation_message

MAX_DELAY_SECONDS = 31 * 86_400.0
MAX_WINDOW_SECONDS = 86_400.0
MAX_CHARACTERS = 200
MAX_TEMPERATURE = 1e6
_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*(s|m|min|h|d)?")
_SECONDS = {None: 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86_400.0}


def reject_bool(value: object) -> object:
    """Return the value, unless it is true or false, of which pydantic makes 1 and 0.

    Raises:
        ValueError: When it is one of them.
    """
    if isinstance(value, bool):
        raise ValueError("must be a number")  # noqa: TRY004 (for pydantic)
    return value


def parse_duration(value: object) -> object:
    """Return the seconds of a duration such as `90s`, `10m`, `2h` or `1d`; other values stay as they are.

    Raises:
        ValueError: When it is a text in another form.
    """
    if not isinstance(value, str | bool):
        return value
    match = _DURATION.fullmatch(str(value).strip().lower())
    if match is None:
        raise ValueError("must be a duration such as 90s, 10m, 2h or 1d")
    return float(match[1]) * _SECONDS[match[2]]


def _duration(description: str, greatest: float, **options: Any) -> Any:
    description = f"{description}, in seconds or such as 10m"
    return Field(le=greatest, allow_inf_nan=False, description=description, **options)


Definition = TypeVar("Definition", bound=BaseModel)
Name = Annotated[
    str, Field(min_length=1, max_length=MAX_CHARACTERS, pattern=r"^[^\u0000-\u001f\u007f-\u009f]+$")
]
Temperature = Annotated[
    float, Field(ge=-MAX_TEMPERATURE, le=MAX_TEMPERATURE, allow_inf_nan=False), BeforeValidator(reject_bool)
]
Difference = Annotated[
    float, Field(ge=0, le=MAX_TEMPERATURE, allow_inf_nan=False), BeforeValidator(reject_bool)
]
Duration = Annotated[float, BeforeValidator(parse_duration)]


class SensorTarget(BaseModel):
    """One sensor, or a group of sensors."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    sensor_id: Name | None = Field(default=None, description="One sensor")
    location: Name | None = Field(default=None, description="All sensors of a location")
    pattern: Name | None = Field(
        default=None, description="All sensors whose ID matches; * is any text, ? a character"
    )

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        given = [name for name in ("sensor_id", "location", "pattern") if getattr(self, name) is not None]
        if len(given) != 1:
            message = "give exactly one of sensor_id, location and pattern"
            raise InvalidInput(message, given[1] if given else "sensor_id")
        return self

    def target(self) -> dict[str, str | None]:
        """Return the sensor or the group."""
        return {"sensor_id": self.sensor_id, "location": self.location, "pattern": self.pattern}


class LimitValues(BaseModel):
    """The limits to set of a sensor or a group. Each replaces the one of the same kind and severity."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    high: Temperature | None = Field(default=None, description="Temperatures above it, in °C")
    low: Temperature | None = Field(default=None, description="Temperatures below it, in °C")
    rate: Temperature | None = Field(
        default=None, gt=0, description="A change by more, in K, within `within`"
    )
    within: Duration | None = _duration("The time of `rate`", MAX_WINDOW_SECONDS, default=None, gt=0)
    stale: Duration | None = _duration("No reading for longer", MAX_DELAY_SECONDS, default=None, gt=0)
    delay_seconds: Duration = _duration(
        "How long the value must be beyond the limit until it is an excursion",
        MAX_DELAY_SECONDS,
        default=0.0,
        ge=0,
        alias="for",
    )
    hysteresis: Difference = Field(
        default=0.0, description="By how many K the value must come back until the excursion ends"
    )
    severity: LimitSeverity = Field(default="warning", description="Severity of the alert")
    schedule: Name | None = Field(
        default=None, description="When it holds, such as `mon-fri 08:00-18:00`; always if unset"
    )
    time_zone: Name | None = Field(default=None, description="Time zone of the schedule; UTC if unset")

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if all(value is None for value in (self.high, self.low, self.rate, self.stale)):
            raise InvalidInput("give at least one of high, low, rate and stale", "high")
        if self.high is not None and self.low is not None:
            self._check_order(self.low, self.high)
        if (self.rate is None) != (self.within is None):
            raise InvalidInput("a rate requires both rate and within, such as 2 K within 5m", "within")
        if self.stale is not None and (self.schedule or self.severity != "warning"):
            field = "schedule" if self.schedule else "severity"
            raise InvalidInput("stale holds at all times and is a warning: set it by itself", field)
        self._check_schedule()
        return self

    def _check_order(self, low: float, high: float) -> None:
        if low >= high:
            raise InvalidInput(f"{low:g} °C must be below the high limit {high:g} °C", "low")
        if self.hysteresis >= high - low:
            message = (
                f"must be less than the {high - low:g} K between the limits: an excursion beyond one could "
                "only end beyond the other"
            )
            raise InvalidInput(message, "hysteresis")

    def _check_schedule(self) -> None:
        if self.schedule is None:
            if self.time_zone is not None:
                raise InvalidInput("is only used with a schedule", "time_zone")
            return
        try:
            parse_schedule(self.schedule, "UTC")
        except ValueError as error:
            raise InvalidInput(str(error), "schedule") from None
        try:
            parse_schedule(self.schedule, self.time_zone or "UTC")
        except ValueError as error:
            raise InvalidInput(str(error), "time_zone") from None

    def rules_of(self, target: SensorTarget) -> list[dict[str, Any]]:
        """Return the rows of `limit_rule` to set of a sensor or a group."""
        thresholds = {LimitKind.HIGH: self.high, LimitKind.LOW: self.low, LimitKind.RATE: self.rate}
        common: dict[str, Any] = {
            **target.target(),
            "severity": self.severity,
            "schedule": self.schedule,
            "zone": (self.time_zone or "UTC") if self.schedule else None,
        }
        rules = [
            common
            | {
                "kind": kind.value,
                "threshold": threshold,
                "window_seconds": self.within if kind is LimitKind.RATE else None,
                "delay_seconds": self.delay_seconds,
                "hysteresis": self.hysteresis,
            }
            for kind, threshold in thresholds.items()
            if threshold is not None
        ]
        if self.stale is not None:
            rules.append(common | {"kind": LimitKind.STALE.value, "delay_seconds": self.stale})
        return rules


class LimitDefinition(LimitValues, SensorTarget):
    """The limits to set. Each replaces the one of the same sensor or group, kind and severity."""

    def rules(self) -> list[dict[str, Any]]:
        """Return the rows of `limit_rule` to set."""
        return self.rules_of(self)


class SilenceDefinition(SensorTarget):
    """A silence to create: receivers are not notified of excursions and anomalies until it ends."""

    duration_seconds: Duration = _duration("How long it lasts", 366 * 86_400.0, gt=0, alias="for")
    note: Annotated[Text, Field(max_length=500)] = Field(default="", description="Why")


def rules_of_sensor(sensor_id: str, limits: Sequence[LimitValues]) -> list[dict[str, Any]]:
    """Return the rows of `limit_rule` to set of a sensor.

    Raises:
        InvalidInput: When two of them would set the same limit.
    """
    target = SensorTarget(sensor_id=sensor_id)
    rules = [rule for each in limits for rule in each.rules_of(target)]
    counts = Counter((rule["kind"], rule["severity"]) for rule in rules)
    for (kind, severity), number in counts.items():
        if number > 1:
            message = f"set the limit {kind} with the severity {severity} {number} times: give it once"
            raise InvalidInput(message, "limits")
    return rules


def define_sensor_limits(**values: Any) -> LimitValues:
    """Return limits to set of a sensor that is named elsewhere.

    Raises:
        InvalidInput: When a value is invalid, or they contradict each other.
    """
    return _define(LimitValues, values)


def define_limits(**values: Any) -> LimitDefinition:
    """Return limits to set.

    Raises:
        InvalidInput: When a value is invalid, or they contradict each other.
    """
    return _define(LimitDefinition, values)


def define_silence(**values: Any) -> SilenceDefinition:
    """Return a silence to create.

    Raises:
        InvalidInput: When a value is invalid.
    """
    return _define(SilenceDefinition, values)


def _define(model: type[Definition], values: dict[str, Any]) -> Definition:
    try:
        return model(**values)
    except ValidationError as error:
        detail: dict[str, Any] = dict(error.errors()[0])
        raise InvalidInput(validation_message(detail), str(detail["loc"][0])) from None
