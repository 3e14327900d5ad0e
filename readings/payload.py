"""The message format of a reading: the fields that a message may have, their names and allowed values.

Changes to the format may only add to it. Golden payloads in the tests prove that old messages still parse.
"""

import json
import math
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from pydantic import (
    AliasChoices,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictFloat,
    StrictInt,
    ValidationInfo,
    model_validator,
)

from readings.ids import validate_sensor_id
from readings.model import UNIT_BY_NAME, Reading, Unit
from readings.times import EXPECTED, format_timestamp, to_iso_8601
from readings.units import EXPECTED as EXPECTED_UNIT
from readings.units import parse_unit

MAX_BODY_BYTES = 64 * 1024
MAX_INTEGER = 2**63 - 1  # of PostgreSQL's bigint
MAX_EXACT_FLOAT = 2.0**53  # above, not every integer is a float
MESSAGE_TYPE = "reading.v1"
CONTENT_TYPE = "application/json"
# The names under which a field is accepted, in their order of precedence.
SENSOR_FIELDS = ("sensor_id", "id")
TIME_FIELDS = ("measured_at", "timestamp", "data", "time")
TEMPERATURE_FIELDS = ("temperature", "temperatura")


class MqttDefaults(NamedTuple):
    """Values for the fields of the same names that an MQTT message's body may omit.

    `measured_at` is the ISO 8601 time at which the broker received the message, which a redelivery does not
    change; None if the broker sets no timestamp.
    """

    sensor_id: str
    measured_at: str | None


def sensor_id_of(value: Any) -> str:
    """Return the normalised sensor ID that a value of a message is.

    Raises:
        ValueError: When it is neither a valid text nor a valid integer.
    """
    if isinstance(value, str):
        return validate_sensor_id(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_INTEGER:
        return str(value)
    if isinstance(value, float) and value.is_integer() and 0 <= value <= MAX_EXACT_FLOAT:
        return str(int(value))  # 1.0 is 1 in JSON
    raise ValueError(f"must be a string or an integer from 0 to {MAX_INTEGER}")


def _require_iso_8601(value: Any) -> Any:
    # pydantic would accept "1700000000" as epoch seconds, and a date alone as its midnight. It reads what
    # nearly every sender writes, with a T, and with Z, +01:00 or nothing at the end.
    if isinstance(value, str):
        is_common = (
            value[10:11] == "T" and value[-1] in "Z0123456789" and value[-3] not in "+-" and " " not in value
        )
        return value if is_common else to_iso_8601(value)
    raise ValueError(EXPECTED)


def unit_of(value: Any) -> Unit:
    """Return the unit that a value of a message is; null is Celsius.

    Raises:
        ValueError: When it is not a unit of temperature.
    """
    if isinstance(value, str):
        return UNIT_BY_NAME.get(value.casefold()) or parse_unit(value)
    if value is None:
        return Unit.CELSIUS
    raise ValueError(EXPECTED_UNIT)


class ReadingPayload(BaseModel):
    """A message body whose fields are valid; the field names of the two older formats are aliases.

    Other fields are ignored here. `readings.fields` examines what they say about the reading.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    sensor_id: Annotated[
        str,
        BeforeValidator(sensor_id_of),
        Field(validation_alias=AliasChoices(*SENSOR_FIELDS)),
    ]
    measured_at: Annotated[
        datetime,
        BeforeValidator(_require_iso_8601),
        Field(validation_alias=AliasChoices(*TIME_FIELDS)),
    ]
    temperature: Annotated[
        StrictFloat,
        Field(allow_inf_nan=False, validation_alias=AliasChoices(*TEMPERATURE_FIELDS)),
    ]
    unit: Annotated[Unit, BeforeValidator(unit_of)] = Unit.CELSIUS
    reading_id: UUID | None = None
    run_id: UUID | None = None
    sequence: Annotated[StrictInt, Field(ge=0, le=MAX_INTEGER)] | None = None
    import_id: UUID | None = None
    revised_at: Annotated[AwareDatetime, BeforeValidator(_require_iso_8601)] | None = None


class MqttReadingPayload(ReadingPayload):
    """The body of an MQTT message, of which only the temperature is required.

    The body may even be a bare number. Pass `MqttDefaults` as a dictionary in the validation context: the
    sensor is the one that the topic names, and the other values replace fields that are missing or null.
    """

    @model_validator(mode="before")
    @classmethod
    def _apply_defaults(cls, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = {"temperature": value}
        if not isinstance(value, dict):
            return value
        defaults: dict[str, Any] = info.context or {}
        fields = value | {"sensor_id": defaults["sensor_id"]}
        if defaults["measured_at"] is not None and all(value.get(name) is None for name in TIME_FIELDS):
            fields["measured_at"] = defaults["measured_at"]
        return fields


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
        "import_id": str(reading.import_id) if reading.import_id else None,
        "revised_at": format_timestamp(reading.revised_at) if reading.revised_at else None,
    }
    return {name: value for name, value in payload.items() if value is not None}


def encode_payload(payload: Mapping[str, Any]) -> bytes:
    """Return the payload as the body of a message."""
    return json.dumps(payload).encode()


def encode_reading(reading: Reading, temperature: float, unit: Unit) -> bytes:
    """Return the body of the message for a reading whose sensor measured `temperature` in `unit`."""
    return encode_payload(to_payload(reading, temperature, unit))
