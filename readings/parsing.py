"""Parsing: from the body of a message to a reading, as a list of pure functions.

Each step takes the result of the previous one, and raises InvalidReading for a message that can never be
stored as a reading.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime, timedelta, tzinfo
from typing import Any

from pydantic import ValidationError

from readings.errors import (
    DeadLetterReason,
    ImpossibleTemperature,
    InvalidField,
    InvalidReading,
    RepeatedTime,
    SkippedTime,
    UnsetClock,
)
from readings.explanations import explain
from readings.fields import has_only_known_fields, reconcile
from readings.ids import NIL_UUID, derive_reading_id
from readings.model import Reading
from readings.payload import (
    MAX_BODY_BYTES,
    MqttDefaults,
    MqttReadingPayload,
    ReadingPayload,
)
from readings.times import MAX_UNSET_YEAR, MIN_YEAR, resolve_local, unset_clock, unset_clock_in_history
from readings.units import ABSOLUTE_ZERO, MAX_TEMPERATURE, to_celsius

FUTURE_TOLERANCE = timedelta(minutes=5)
# Offsets from UTC are multiples of this, but for those of three quarters of an hour, and at most 14 hours.
OFFSET_STEP, MAX_OFFSET = timedelta(minutes=30), timedelta(hours=14)
# As model_validate_json, without its options, which cost a tenth of the time.
_validate_json: Callable[[bytes], ReadingPayload] = ReadingPayload.__pydantic_validator__.validate_json


@dataclass(frozen=True, slots=True)
class ParseContext:
    """What parsing depends on besides the body; `mqtt_defaults` is set for MQTT messages only.

    `is_history` is set for a file of old readings, which may be older than those of live sensors.
    """

    naive_time_zone: tzinfo
    now: datetime
    mqtt_defaults: MqttDefaults | None = None
    is_history: bool = False


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

    Only a body with other fields is examined for what those say.

    Raises:
        InvalidReading: When the body is not JSON, a field is missing or invalid, or two contradict.
    """
    mqtt_defaults = context.mqtt_defaults
    payload: ReadingPayload
    try:
        if mqtt_defaults:
            payload = MqttReadingPayload.model_validate_json(body, context=mqtt_defaults._asdict())
        else:
            payload = _validate_json(body)
    except ValidationError as error:
        invalid = explain(error, body, for_mqtt=mqtt_defaults is not None)
        raise invalid from None
    if mqtt_defaults or not has_only_known_fields(payload, body):
        return reconcile(payload, body, context.naive_time_zone, mqtt_defaults)
    return payload


def normalise(payload: ReadingPayload, context: ParseContext) -> Reading:
    """Convert the time to UTC and the temperature to °C, and derive the ID if there is none.

    Raises:
        ImpossibleTemperature: When the temperature is physically impossible.
        UnsetClock: When the clock of the sensor, or of who read it again, was never set.
        SkippedTime: When the clocks of the zone never showed a time without an offset.
        RepeatedTime: When they showed it twice.
    """
    measured_at = payload.measured_at
    if measured_at.year <= MAX_UNSET_YEAR:
        _check_clock(payload, context)
    if payload.revised_at is not None and payload.revised_at.year < MIN_YEAR:
        raise UnsetClock(
            f"revised_at is {payload.revised_at.isoformat()!r}, before {MIN_YEAR}: send the time at which "
            "the source was read"
        )
    if measured_at.tzinfo is None or measured_at.year == MAXYEAR:
        measured_at = _resolve(measured_at, context.naive_time_zone)
    else:
        measured_at = measured_at.astimezone(UTC)
    temperature = to_celsius(payload.temperature, payload.unit)
    if not ABSOLUTE_ZERO <= temperature <= MAX_TEMPERATURE:
        raise ImpossibleTemperature(
            f"temperature is {payload.temperature} {payload.unit}, "
            f"outside {ABSOLUTE_ZERO} to {MAX_TEMPERATURE:g} °C"
        )
    reading_id = payload.reading_id
    if reading_id is None or reading_id == NIL_UUID:
        reading_id = derive_reading_id(payload.sensor_id, measured_at, temperature)
    return Reading(
        reading_id,
        payload.sensor_id,
        measured_at,
        temperature,
        payload.run_id,
        payload.sequence,
        payload.import_id,
        payload.revised_at,
    )


def reject_future(reading: Reading, context: ParseContext) -> Reading:
    """Reject a time further ahead than a slightly fast clock explains.

    Raises:
        InvalidField: When it is the time of the revision.
        InvalidReading: When the time is more than FUTURE_TOLERANCE ahead.
    """
    if reading.revised_at is not None and reading.revised_at - context.now > FUTURE_TOLERANCE:
        raise InvalidField(
            f"revised_at is {reading.revised_at.isoformat()}, ahead of the consumer's clock: no later value "
            "would ever replace this one"
        )
    ahead = reading.measured_at - context.now
    if ahead > FUTURE_TOLERANCE:
        raise InvalidReading(
            DeadLetterReason.FUTURE_TIME,
            f"measured_at is {reading.measured_at.isoformat()}, {ahead} ahead of the consumer's clock; "
            f"at most {FUTURE_TOLERANCE} are accepted{_local_time_hint(ahead)}",
        )
    return reading


def _local_time_hint(ahead: timedelta) -> str:
    steps = round(ahead / OFFSET_STEP)
    is_offset = (
        ahead <= MAX_OFFSET + FUTURE_TOLERANCE and abs(ahead - steps * OFFSET_STEP) <= FUTURE_TOLERANCE
    )
    return "; if it is a local time, send its offset or set NAIVE_TIME_ZONE" if steps and is_offset else ""


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


def parse_fields(fields: Mapping[str, Any], context: ParseContext) -> Reading:
    """Return the reading with these fields of a message, and no others.

    Raises:
        InvalidReading: When it can never be stored.
    """
    try:
        payload = ReadingPayload.model_validate(fields)
    except ValidationError:  # explained by parsing them as a body
        return parse_reading(json.dumps(fields).encode(), context)
    return reject_future(normalise(payload, context), context)


def _check_clock(payload: ReadingPayload, context: ParseContext) -> None:
    has_id = payload.reading_id not in (None, NIL_UUID)
    if context.is_history or payload.import_id is not None:
        reason = unset_clock_in_history(payload.measured_at, context.naive_time_zone, has_id=has_id)
    else:
        reason = unset_clock(payload.measured_at, has_id=has_id)
    if reason:
        raise UnsetClock(f"measured_at is {payload.measured_at.isoformat()!r}: {reason}")


def _resolve(measured_at: datetime, naive_time_zone: tzinfo) -> datetime:
    moments = resolve_local(measured_at, naive_time_zone)
    if len(moments) == 1:
        return moments[0]
    local = f"measured_at is {measured_at.isoformat()}, which clocks of NAIVE_TIME_ZONE ({naive_time_zone})"
    if not moments:
        raise SkippedTime(f"{local} skipped (daylight saving time): send it with its offset or in UTC")
    first, second = (moment.astimezone(naive_time_zone).isoformat() for moment in moments)
    raise RepeatedTime(f"{local} showed twice: send it with its offset, {first} or {second}")
