"""The message format of a reading: the fields that a message may have, their names and allowed values.

Changes to the format may only add to it. Golden payloads in the tests prove that old messages still parse.
"""

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictFloat,
    StrictInt,
    ValidationInfo,
    model_validator,
)

from readings.model import UNIT_BY_NAME, Reading, Unit

MAX_BODY_BYTES = 64 * 1024
MAX_SENSOR_ID_CHARACTERS = 128
MAX_INTEGER = 2**63 - 1  # of PostgreSQL's bigint
MIN_YEAR = 2000
MESSAGE_TYPE = "reading.v1"
CONTENT_TYPE = "application/json"


class MqttDefaults(NamedTuple):
    """Values for the fields of the same names that an MQTT message's body may omit.

    `measured_at` is the ISO 8601 time at which the broker received the message, which a redelivery does not
    change; None if the broker sets no timestamp.
    """

    sensor_id: str
    measured_at: str | None


def _validate_sensor_id(value: Any) -> str:
    is_valid_integer = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_INTEGER
    if not is_valid_integer and not isinstance(value, str):
        raise ValueError(f"must be a string or an integer from 0 to {MAX_INTEGER}")
    sensor_id = str(value).strip()
    if not sensor_id or len(sensor_id) > MAX_SENSOR_ID_CHARACTERS:
        raise ValueError(f"must have 1 to {MAX_SENSOR_ID_CHARACTERS} characters")
    if not sensor_id.isprintable():
        raise ValueError("must not contain control or other unprintable characters")
    return sensor_id


def _require_iso_8601(value: Any) -> Any:
    # pydantic would accept "1700000000" as epoch seconds, and a date alone as its midnight. An ISO 8601 date
    # has a hyphen as its fifth character, and a time follows it.
    if not isinstance(value, str) or value[4:5] != "-" or len(value) <= len("2026-11-22"):
        raise ValueError('must be an ISO 8601 time such as "2026-11-22T05:28:37Z"')
    return value


def _require_min_year(value: datetime) -> datetime:
    if value.year < MIN_YEAR:
        raise ValueError(f"is before {MIN_YEAR}: the sensor's clock was never set")
    return value


def _validate_unit(value: Any) -> Any:
    if value is None:
        return Unit.CELSIUS
    unit = UNIT_BY_NAME.get(value.casefold()) if isinstance(value, str) else None
    if unit is None:
        raise ValueError("must be celsius, fahrenheit or kelvin (or C, F, K)")
    return unit


class ReadingPayload(BaseModel):
    """A message body whose fields are valid; the field names of the two older formats are aliases."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    sensor_id: Annotated[
        str,
        BeforeValidator(_validate_sensor_id),
        Field(validation_alias=AliasChoices("sensor_id", "id")),
    ]
    measured_at: Annotated[
        datetime,
        BeforeValidator(_require_iso_8601),
        AfterValidator(_require_min_year),
        Field(validation_alias=AliasChoices("measured_at", "timestamp", "data")),
    ]
    temperature: Annotated[
        StrictFloat,
        Field(allow_inf_nan=False, validation_alias=AliasChoices("temperature", "temperatura")),
    ]
    unit: Annotated[Unit, BeforeValidator(_validate_unit)] = Unit.CELSIUS
    reading_id: UUID | None = None
    run_id: UUID | None = None
    sequence: Annotated[StrictInt, Field(ge=0, le=MAX_INTEGER)] | None = None


class MqttReadingPayload(ReadingPayload):
    """The body of an MQTT message, of which only the temperature is required.

    The body may even be a bare number. Pass `MqttDefaults` as a dictionary in the validation context: its
    values replace fields that are missing or null.
    """

    @model_validator(mode="before")
    @classmethod
    def _apply_defaults(cls, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = {"temperature": value}
        if not isinstance(value, dict):
            return value
        defaults: dict[str, Any] = info.context or {}
        return value | {
            name: default
            for name, default in defaults.items()
            if default is not None and cls._is_missing(value, name)
        }

    @classmethod
    def _is_missing(cls, value: dict[str, Any], name: str) -> bool:
        alias = cls.model_fields[name].validation_alias
        return isinstance(alias, AliasChoices) and all(value.get(str(c)) is None for c in alias.choices)


def to_payload(reading: Reading, temperature: float, unit: Unit) -> dict[str, Any]:
    """Return the fields of the message for a reading whose sensor measured `temperature` in `unit`.

    Raises:
        ValueError: When the temperature is not finite, which JSON cannot represent.
    """
    if not math.isfinite(temperature):
        raise ValueError(f"temperature is {temperature}, which JSON cannot represent")
    payload = {
        "reading_id": str(reading.reading_id),
        "sensor_id": reading.sensor_id,
        "measured_at": format_timestamp(reading.measured_at),
        "temperature": temperature,
        "unit": unit.value,
        "run_id": str(reading.run_id) if reading.run_id else None,
        "sequence": reading.sequence,
    }
    return {name: value for name, value in payload.items() if value is not None}


def encode_payload(payload: Mapping[str, Any]) -> bytes:
    """Return the payload as the body of a message."""
    return json.dumps(payload).encode()


def encode_reading(reading: Reading, temperature: float, unit: Unit) -> bytes:
    """Return the body of the message for a reading whose sensor measured `temperature` in `unit`."""
    return encode_payload(to_payload(reading, temperature, unit))


def format_timestamp(timestamp: datetime) -> str:
    """Return the time as messages contain it: in UTC, with microseconds."""
    return timestamp.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
