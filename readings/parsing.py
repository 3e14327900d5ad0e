"""Parsing: from the body of a message to a reading, as a list of pure functions.

Each step takes the result of the previous one, and raises InvalidReading for a message that can never be
stored as a reading.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from pydantic import ValidationError

from readings.errors import DeadLetterReason, InvalidReading
from readings.ids import derive_reading_id
from readings.model import Reading, Unit
from readings.payload import MAX_BODY_BYTES, MqttDefaults, MqttReadingPayload, ReadingPayload
from runtime.text import escape_unprintable

FUTURE_TOLERANCE = timedelta(minutes=5)
ABSOLUTE_ZERO = -273.15
# °C. No thermometer measures more; tungsten boils at about 5,900 °C.
MAX_TEMPERATURE = 10_000.0
MAX_VALUE_CHARACTERS = 60
NO_TIMESTAMP_HINT = (
    ", and the broker set no timestamp on the message: send measured_at in the body, or let the broker set "
    "one (message_interceptors.incoming.set_header_timestamp.overwrite = false, from RabbitMQ 3.12 on)"
)
FIELD_BY_ALIAS = {
    "id": "sensor_id",
    "timestamp": "measured_at",
    "data": "measured_at",
    "temperatura": "temperature",
}


@dataclass(frozen=True, slots=True)
class ParseContext:
    """What parsing depends on besides the body; `mqtt_defaults` is set for MQTT messages only."""

    naive_time_zone: tzinfo
    now: datetime
    mqtt_defaults: MqttDefaults | None = None


def check_size(body: bytes, _context: ParseContext) -> bytes:
    """Reject a body above the size limit before anything parses it.

    Raises:
        InvalidReading: When the body is too large.
    """
    if len(body) > MAX_BODY_BYTES:
        raise InvalidReading(
            DeadLetterReason.TOO_LARGE,
            f"the body has {len(body)} bytes; at most {MAX_BODY_BYTES} are accepted",
        )
    return body


def parse_body(body: bytes, context: ParseContext) -> ReadingPayload:
    """Decode and validate in one pass: strict about types and ranges, lenient about field names.

    Raises:
        InvalidReading: When the body is not JSON, or a field is missing or invalid.
    """
    try:
        if context.mqtt_defaults:
            return MqttReadingPayload.model_validate_json(body, context=context.mqtt_defaults._asdict())
        return ReadingPayload.model_validate_json(body)
    except ValidationError as error:
        invalid = _invalid_reading(error, context.mqtt_defaults)
        raise invalid from None


def normalise(payload: ReadingPayload, context: ParseContext) -> Reading:
    """Convert the time to UTC and the temperature to °C, and derive the ID if there is none.

    Raises:
        InvalidReading: When the temperature is physically impossible.
    """
    measured_at = _to_utc(payload.measured_at, context.naive_time_zone)
    temperature = _to_celsius(payload.temperature, payload.unit)
    reading_id = payload.reading_id or derive_reading_id(payload.sensor_id, measured_at, temperature)
    return Reading(reading_id, payload.sensor_id, measured_at, temperature, payload.run_id, payload.sequence)


def reject_future(reading: Reading, context: ParseContext) -> Reading:
    """Reject a time further ahead than a slightly fast clock explains.

    Raises:
        InvalidReading: When the time is more than FUTURE_TOLERANCE ahead.
    """
    ahead = reading.measured_at - context.now
    if ahead > FUTURE_TOLERANCE:
        raise InvalidReading(
            DeadLetterReason.FUTURE_TIME,
            f"measured_at is {reading.measured_at.isoformat()}, {ahead} ahead of the consumer's clock; "
            f"at most {FUTURE_TOLERANCE} are accepted",
        )
    return reading


STEPS: tuple[Callable[[Any, ParseContext], Any], ...] = (check_size, parse_body, normalise, reject_future)


def parse_reading(body: bytes, context: ParseContext) -> Reading:
    """Return the reading in the body of a message.

    Raises:
        InvalidReading: When the message can never be stored, with the reason and a message for people.
    """
    value: Any = body
    for step in STEPS:
        value = step(value, context)
    reading: Reading = value
    return reading


def _to_utc(measured_at: datetime, naive_time_zone: tzinfo) -> datetime:
    if measured_at.tzinfo is None:
        measured_at = measured_at.replace(tzinfo=naive_time_zone)
    try:
        return measured_at.astimezone(UTC)
    except OverflowError:  # the last hours of the year 9999, west of Greenwich
        return datetime.max.replace(tzinfo=UTC)


def _to_celsius(temperature: float, unit: Unit) -> float:
    celsius = temperature
    if unit is Unit.FAHRENHEIT:
        celsius = (temperature - 32) * 5 / 9
    elif unit is Unit.KELVIN:
        celsius = temperature + ABSOLUTE_ZERO
    # Rounded far below the resolution of any thermometer, so that 0 K is exactly absolute zero despite binary
    # fractions. Adding zero turns -0.0 into 0.0.
    celsius = round(celsius, 9) + 0.0
    if not ABSOLUTE_ZERO <= celsius <= MAX_TEMPERATURE:
        raise InvalidReading(
            DeadLetterReason.INVALID_FIELD,
            f"temperature is {temperature} {unit}, outside {ABSOLUTE_ZERO} to {MAX_TEMPERATURE:g} °C",
        )
    return celsius


def _invalid_reading(error: ValidationError, mqtt_defaults: MqttDefaults | None) -> InvalidReading:
    """Describe the first validation error, naming the field as the current format does."""
    first = error.errors(include_url=False, include_input=True)[0]
    problem = escape_unprintable(
        str(first["msg"]).removeprefix("Value error, ").removeprefix("Invalid JSON: ")
    )
    value = _shorten(repr(first["input"]))
    if first["type"] == "json_invalid":
        return InvalidReading(DeadLetterReason.NOT_JSON, f"the body {value} is not JSON: {problem}")
    name = str(first["loc"][0]) if first["loc"] else ""
    field = FIELD_BY_ALIAS.get(name, name)
    if not field:
        expected = "a number or a JSON object" if mqtt_defaults else "a JSON object"
        return InvalidReading(DeadLetterReason.INVALID_FIELD, f"the body {value} is not {expected}")
    if first["type"] == "missing":
        hint = NO_TIMESTAMP_HINT if mqtt_defaults and field == "measured_at" else ""
        return InvalidReading(DeadLetterReason.INVALID_FIELD, f"{field} is missing{hint}")
    return InvalidReading(DeadLetterReason.INVALID_FIELD, f"{field} is {value}: {problem}")


def _shorten(text: str) -> str:
    return text if len(text) <= MAX_VALUE_CHARACTERS else f"{text[:MAX_VALUE_CHARACTERS]}…"
