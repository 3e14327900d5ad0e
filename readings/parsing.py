"""From the bytes of a message to a reading, as a visible list of pure functions.

Each step takes what the one before it gives, and raises InvalidReading for what can never become a
reading.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from readings.errors import DeadLetterReason, InvalidReading
from readings.payload import MAX_BODY_BYTES, MqttDefaults, MqttReadingPayload, Reading, ReadingPayload, Unit
from runtime.text import escape_unprintable

FUTURE_TOLERANCE = timedelta(minutes=5)
ABSOLUTE_ZERO = -273.15
# Above what any thermometer measures; tungsten boils at about 5,900 °C.
HIGHEST_TEMPERATURE = 10_000.0
# The name space of readings that came without an id: a made-up UUID that must never change.
READING_NAMESPACE = UUID("6f2a7d1e-52c8-5b0e-9a3d-0c6f6a1f4b57")
SHOWN_CHARACTERS = 60
UNSTAMPED = (
    ", and the broker wrote no time on the message: send one in the body, or let the broker do it "
    "(message_interceptors.incoming.set_header_timestamp.overwrite = false, from RabbitMQ 3.12 on)"
)
FIELD_OF = {
    "id": "sensor_id",
    "timestamp": "measured_at",
    "data": "measured_at",
    "temperatura": "temperature",
}


@dataclass(frozen=True, slots=True)
class ParseContext:
    """What the steps need to know besides the body; the topic only of a message that came by MQTT."""

    naive_time_zone: ZoneInfo
    now: datetime
    topic: MqttDefaults | None = None


def limit_size(body: bytes, _rules: ParseContext) -> bytes:
    """Refuse a body above the contract's limit before anything parses it."""
    if len(body) > MAX_BODY_BYTES:
        raise InvalidReading(
            DeadLetterReason.TOO_LARGE,
            f"the body has {len(body)} bytes; at most {MAX_BODY_BYTES} are accepted",
        )
    return body


def parse(body: bytes, rules: ParseContext) -> ReadingPayload:
    """Decode and validate in one pass, strict about type and range, lenient about the dialect."""
    try:
        if rules.topic:
            return MqttReadingPayload.model_validate_json(body, context=rules.topic._asdict())
        return ReadingPayload.model_validate_json(body)
    except ValidationError as error:
        raise _invalid(error, rules.topic) from None


def normalise(wire: ReadingPayload, rules: ParseContext) -> Reading:
    """Time to UTC, temperature to °C, and an identity for a reading that has none."""
    measured_at = _in_utc(wire.measured_at, rules.naive_time_zone)
    temperature = _in_celsius(wire.temperature, wire.unit)
    reading_id = wire.reading_id or _identity(wire.sensor_id, measured_at, temperature)
    return Reading(reading_id, wire.sensor_id, measured_at, temperature, wire.run_id, wire.sequence)


def refuse_future(reading: Reading, rules: ParseContext) -> Reading:
    """A clock may be a little ahead, not more."""
    ahead = reading.measured_at - rules.now
    if ahead > FUTURE_TOLERANCE:
        raise InvalidReading(
            DeadLetterReason.FUTURE_TIME,
            f"measured_at is {reading.measured_at.isoformat()}, {ahead} ahead of the consumer's clock; "
            f"at most {FUTURE_TOLERANCE} are accepted",
        )
    return reading


STEPS: tuple[Callable[[Any, ParseContext], Any], ...] = (limit_size, parse, normalise, refuse_future)


def read(body: bytes, rules: ParseContext) -> Reading:
    """The reading that the message holds. Raises InvalidReading with the reason and a sentence."""
    message: Any = body
    for step in STEPS:
        message = step(message, rules)
    reading: Reading = message
    return reading


def _in_utc(measured_at: datetime, naive_time_zone: ZoneInfo) -> datetime:
    if measured_at.tzinfo is None:
        measured_at = measured_at.replace(tzinfo=naive_time_zone)
    try:
        return measured_at.astimezone(UTC)
    except OverflowError:  # the last hours of the year 9999, west of Greenwich
        return datetime.max.replace(tzinfo=UTC)


def _in_celsius(temperature: float, unit: Unit) -> float:
    celsius = temperature
    if unit is Unit.FAHRENHEIT:
        celsius = (temperature - 32) * 5 / 9
    elif unit is Unit.KELVIN:
        celsius = temperature + ABSOLUTE_ZERO
    # Rounded far below any thermometer's step, so that 0 K is absolute zero in spite of binary fractions.
    # Adding zero makes one of the two zeros.
    celsius = round(celsius, 9) + 0.0
    if not ABSOLUTE_ZERO <= celsius <= HIGHEST_TEMPERATURE:
        raise InvalidReading(
            DeadLetterReason.INVALID_FIELD,
            f"temperature is {temperature} {unit}, outside {ABSOLUTE_ZERO} to {HIGHEST_TEMPERATURE:g} °C",
        )
    return celsius


def _identity(sensor_id: str, measured_at: datetime, temperature: float) -> UUID:
    """The same for a redelivery, different for two values with one timestamp."""
    return uuid5(READING_NAMESPACE, f"{sensor_id}\n{measured_at.isoformat()}\n{temperature!r}")


def _invalid(error: ValidationError, topic: MqttDefaults | None) -> InvalidReading:
    first = error.errors(include_url=False, include_input=True)[0]
    problem = escape_unprintable(
        str(first["msg"]).removeprefix("Value error, ").removeprefix("Invalid JSON: ")
    )
    shown = _shown(first["input"])
    if first["type"] == "json_invalid":
        return InvalidReading(DeadLetterReason.NOT_JSON, f"the body {shown} is not JSON: {problem}")
    name = str(first["loc"][0]) if first["loc"] else ""
    field = FIELD_OF.get(name, name)
    if not field:
        wanted = "a number or a JSON object" if topic else "a JSON object"
        return InvalidReading(DeadLetterReason.INVALID_FIELD, f"the body {shown} is not {wanted}")
    if first["type"] == "missing":
        more = UNSTAMPED if topic and field == "measured_at" else ""
        return InvalidReading(DeadLetterReason.INVALID_FIELD, f"{field} is missing{more}")
    return InvalidReading(DeadLetterReason.INVALID_FIELD, f"{field} is {shown}: {problem}")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"
