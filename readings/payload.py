"""The reading contract: what a message may look like and what it means.

Changes only add. The golden payloads in the tests prove that old messages still parse.
"""

import json
import math
import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
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

MAX_BODY_BYTES = 64 * 1024
MAX_SENSOR_ID_CHARACTERS = 128
LARGEST_INTEGER = 2**63 - 1
EARLIEST_YEAR = 2000
MESSAGE_TYPE = "reading.v1"
CONTENT_TYPE = "application/json"


class Unit(StrEnum):
    """Units a temperature may come in; it is stored in °C."""

    CELSIUS = "celsius"
    FAHRENHEIT = "fahrenheit"
    KELVIN = "kelvin"


UNIT_NAMES = {"c": Unit.CELSIUS, "f": Unit.FAHRENHEIT, "k": Unit.KELVIN} | {unit.value: unit for unit in Unit}


class Reading(NamedTuple):
    """One measurement, normalised: time in UTC, temperature in °C."""

    reading_id: UUID
    sensor_id: str
    measured_at: datetime
    temperature: float
    run_id: UUID | None = None
    sequence: int | None = None


class MqttDefaults(NamedTuple):
    """What holds for the fields of these names that the body does not have.

    The time is ISO 8601: when the broker took the message, the same with each redelivery. It is None where
    the broker writes none.
    """

    sensor_id: str
    measured_at: str | None


def _sensor_name(value: Any) -> str:
    whole_number = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_INTEGER
    if not whole_number and not isinstance(value, str):
        raise ValueError(f"must be a text or a whole number from 0 to {LARGEST_INTEGER}")
    name = str(value).strip()
    if not name or len(name) > MAX_SENSOR_ID_CHARACTERS:
        raise ValueError(f"must have 1 to {MAX_SENSOR_ID_CHARACTERS} characters")
    if not name.isprintable():
        raise ValueError("must not hold control or other unprintable characters")
    return name


def _iso_text(value: Any) -> Any:
    # pydantic reads "1700000000" as epoch seconds and a date alone as its midnight; in ISO 8601 a date
    # has its dash at the fifth place, and a time follows it.
    if not isinstance(value, str) or value[4:5] != "-" or len(value) <= len("2026-11-22"):
        raise ValueError('must be an ISO 8601 time such as "2026-11-22T05:28:37Z"')
    return value


def _after_earliest(value: datetime) -> datetime:
    if value.year < EARLIEST_YEAR:
        raise ValueError(f"is before {EARLIEST_YEAR}: the sensor's clock was never set")
    return value


def _unit(value: Any) -> Any:
    if value is None:
        return Unit.CELSIUS
    known = UNIT_NAMES.get(value.casefold()) if isinstance(value, str) else None
    if known is None:
        raise ValueError("must be celsius, fahrenheit or kelvin (or C, F, K)")
    return known


class ReadingPayload(BaseModel):
    """A message as it came, checked field by field; the older dialects' names are aliases."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    sensor_id: Annotated[
        str,
        BeforeValidator(_sensor_name),
        Field(validation_alias=AliasChoices("sensor_id", "id")),
    ]
    measured_at: Annotated[
        datetime,
        BeforeValidator(_iso_text),
        AfterValidator(_after_earliest),
        Field(validation_alias=AliasChoices("measured_at", "timestamp", "data")),
    ]
    temperature: Annotated[
        StrictFloat,
        Field(allow_inf_nan=False, validation_alias=AliasChoices("temperature", "temperatura")),
    ]
    unit: Annotated[Unit, BeforeValidator(_unit)] = Unit.CELSIUS
    reading_id: UUID | None = None
    run_id: UUID | None = None
    sequence: Annotated[StrictInt, Field(ge=0, le=LARGEST_INTEGER)] | None = None


class MqttReadingPayload(ReadingPayload):
    """A message that came by MQTT: a temperature alone will do.

    The validation's context holds the values of fields that the body may leave out, or null.
    """

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = {"temperature": value}
        if not isinstance(value, dict):
            return value
        given: dict[str, Any] = info.context or {}
        return value | {
            name: held for name, held in given.items() if held is not None and cls._lacks(value, name)
        }

    @classmethod
    def _lacks(cls, value: dict[str, Any], name: str) -> bool:
        names = cls.model_fields[name].validation_alias
        return isinstance(names, AliasChoices) and all(value.get(str(one)) is None for one in names.choices)


def message_of(reading: Reading, temperature: float, unit: Unit) -> dict[str, Any]:
    """What the message says of a reading whose sensor measures `temperature` in `unit`."""
    if not math.isfinite(temperature):
        raise ValueError(f"temperature is {temperature}, which JSON cannot hold")
    message = {
        "reading_id": str(reading.reading_id),
        "sensor_id": reading.sensor_id,
        "measured_at": written(reading.measured_at),
        "temperature": temperature,
        "unit": unit.value,
        "run_id": str(reading.run_id) if reading.run_id else None,
        "sequence": reading.sequence,
    }
    return {key: value for key, value in message.items() if value is not None}


def body_of(message: Mapping[str, Any]) -> bytes:
    """The message as it is sent."""
    return json.dumps(message).encode()


def encode(reading: Reading, temperature: float, unit: Unit) -> bytes:
    """The message body of a reading whose sensor measures `temperature` in `unit`."""
    return body_of(message_of(reading, temperature, unit))


def written(moment: datetime) -> str:
    """A time as messages hold it: in UTC, to the microsecond."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def uuid7() -> UUID:
    """A UUID that sorts by its time of making (RFC 9562, version 7; Python has it from 3.14 on)."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (2**48 - 1)) << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)
