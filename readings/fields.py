"""What all fields of a body say about its reading: a second value of one meaning, and the unit.

What contradicts the reading is rejected, and nothing is guessed.
"""

import json
import re
from collections import defaultdict
from datetime import datetime, timedelta, tzinfo
from typing import Any

from readings.errors import InvalidField
from readings.given_unit import find_given_unit
from readings.given_zone import find_given_zone
from readings.meanings import Fields, JsonObject, Meaning, is_device_id, meaning_of
from readings.payload import (
    SENSOR_FIELDS,
    TEMPERATURE_FIELDS,
    TIME_FIELDS,
    MqttDefaults,
    ReadingPayload,
    sensor_id_of,
)
from readings.quality import find_bad_marks
from readings.times import EXAMPLE, format_timestamp, resolve_local, since_1970, to_iso_8601
from readings.units import find_clear_unit, to_celsius
from readings.value_roles import is_other_value
from runtime.text import quote_name, quote_value

_SAME_TEMPERATURE = 0.6  # K; one of two values in two units may be rounded to whole degrees
_MAX_NUMBER = 1e9
_TIME_OF_DAY = re.compile(r"\d:\d\d")


def has_only_known_fields(payload: ReadingPayload, body: bytes) -> bool:
    """Return whether the body is certain to have no field besides those of the payload, nor one twice.

    It counts colons, which is much faster than to parse the body again: one after each name, two in a time
    with seconds, and those of the sensor's ID. Any other field adds at least one.
    """
    measured_at, colons = payload.measured_at, body.count(b":")
    known = len(payload.__pydantic_fields_set__) + 2
    return (
        (colons == known or colons == known + payload.sensor_id.count(":"))
        and b"\\" not in body  # an escaped colon
        and (measured_at.second or measured_at.microsecond) != 0
    )


def reconcile(
    payload: ReadingPayload, body: bytes, zone: tzinfo, mqtt_defaults: MqttDefaults | None
) -> ReadingPayload:
    """Return the payload with the unit and the offset that any field of the body gives.

    Raises:
        InvalidField: When two fields contradict each other, or a unit is unknown.
    """
    content = json.loads(body, object_pairs_hook=JsonObject)
    if not isinstance(content, JsonObject):
        return payload
    fields: dict[Meaning, Fields] = defaultdict(list)
    for name, value in content.fields:
        if value is not None:
            fields[meaning_of(name)].append((name, value))
    _check_sensors(payload, content, fields[Meaning.SENSOR], mqtt_defaults)
    if payload.measured_at.tzinfo is None:
        offset = find_given_zone(content.fields, payload.measured_at, zone)
        if offset:
            zone = offset
            payload = payload.model_copy(update={"measured_at": payload.measured_at.replace(tzinfo=offset)})
    times = fields[Meaning.TIME]
    if any(content.get(name) is not None for name in TIME_FIELDS):
        if len(times) > 1:
            _check_times(payload, content, times, zone)
    else:
        _reject_unread_times(times + fields[Meaning.TIME_OF_DEVICE], zone)
    _check_unique(fields[Meaning.UNIQUE])
    _check_value(fields[Meaning.OTHER])
    others = fields[Meaning.OTHER] + fields[Meaning.TEMPERATURE_IN_UNIT]
    given = (content.get(name) for name in TEMPERATURE_FIELDS)
    is_whole = any(isinstance(value, int) and value != 0 for value in given)
    unit = find_given_unit(fields[Meaning.UNIT], others, is_whole=is_whole)
    if unit is not None and unit is not payload.unit:
        payload = payload.model_copy(update={"unit": unit})
    _check_temperatures(payload, content, fields)
    return payload


def _check_sensors(
    payload: ReadingPayload, content: JsonObject, fields: Fields, mqtt_defaults: MqttDefaults | None
) -> None:
    # In the older format, `id` is the sensor. In other bodies it is as often the number of a message or of a
    # device, and by MQTT the topic names the sensor.
    is_older_format = bool(content.keys() & {"data", "temperatura"})
    for name, value in fields:
        if isinstance(value, dict | list | bool) or (
            mqtt_defaults and not is_older_format and name.casefold() == "id"
        ):
            continue
        try:
            sensor_id = sensor_id_of(value)
        except ValueError as error:
            raise InvalidField(f"{quote_name(name)} is {quote_value(value)}: {error}") from None
        if sensor_id == payload.sensor_id:
            continue
        if mqtt_defaults:
            raise InvalidField(
                f"{quote_name(name)} is {quote_value(value)}, but the topic names the sensor "
                f"{quote_value(payload.sensor_id)}: leave the field out, or publish to that sensor's topic"
            )
        raise _contradiction(content, SENSOR_FIELDS, (name, value), "two sensors")
    if not mqtt_defaults and not is_older_format and content.get("sensor_id") is None:
        _reject_id_of_another_device(payload, content)


def _reject_id_of_another_device(payload: ReadingPayload, content: JsonObject) -> None:
    # If `id` is the number of the message, each would register another sensor.
    for name, value in content.fields:
        if is_device_id(name) and isinstance(value, str | int) and str(value).strip() != payload.sensor_id:
            raise InvalidField(
                f"id is {quote_value(content['id'])} and {quote_name(name)} is {quote_value(value)}: either "
                "may be the sensor; send it as sensor_id"
            )


def _check_times(payload: ReadingPayload, content: JsonObject, fields: Fields, zone: tzinfo) -> None:
    for name, value in fields:
        moments = _moments(value, zone)
        is_strict = name in {"measured_at", "timestamp"} and isinstance(value, str | int | float)
        if (moments or is_strict) and not _is_same_time(moments, resolve_local(payload.measured_at, zone)):
            raise _contradiction(content, TIME_FIELDS, (name, value), "two times")


def _reject_unread_times(fields: Fields, zone: tzinfo) -> None:
    # The broker's would be stored in its place.
    for name, value in fields:
        problem = f"{quote_name(name)} is {quote_value(value)}, a time under a name that is not read: send "
        if moments := _moments(value, zone):
            raise InvalidField(f'{problem}"measured_at": "{format_timestamp(moments[0])}"')
        if isinstance(value, str) and _TIME_OF_DAY.search(value):
            raise InvalidField(f"{problem}measured_at, in ISO 8601 such as {EXAMPLE}")


def _moments(value: Any, zone: tzinfo) -> tuple[datetime, ...]:
    """Return the moments that a value may be: ISO 8601, or a number of (milli-, …) seconds since 1970."""
    if moment := since_1970(value):
        return (moment,)
    if not isinstance(value, str):
        return ()
    try:
        return resolve_local(datetime.fromisoformat(to_iso_8601(value)), zone)
    except ValueError:
        return ()


def _is_same_time(moments: tuple[datetime, ...], others: tuple[datetime, ...]) -> bool:
    """Return whether two times can be one; seconds are compared if one of them has no fraction."""
    return any(
        a == b or (abs(a - b) < timedelta(seconds=1) and not (a.microsecond and b.microsecond))
        for a in moments
        for b in others
    )


def _check_unique(fields: Fields) -> None:
    values: dict[str, Any] = {}
    for name, value in fields:
        if values.setdefault(name, value) != value:
            raise _repeated(name, values[name], value)


def _check_value(fields: Fields) -> None:
    for name, value in fields:
        if is_other_value(name, value):
            raise InvalidField(
                f"{quote_name(name)} is {quote_value(value)}, which is no measured temperature: send only "
                "those, or leave the field out if it is about something else"
            )
    for name, value in find_bad_marks(fields):
        raise InvalidField(
            f"{quote_name(name)} is {quote_value(value)}, with which the sender marks its value as bad: send "
            "no temperature then, or leave the field out if it is about something else"
        )


def _check_temperatures(payload: ReadingPayload, content: JsonObject, fields: dict[Meaning, Fields]) -> None:
    for name, value in fields[Meaning.TEMPERATURE]:
        if (_is_number(value) or name in TEMPERATURE_FIELDS) and value != payload.temperature:
            raise _contradiction(content, TEMPERATURE_FIELDS, (name, value), "two temperatures")
    for name, value in fields[Meaning.TEMPERATURE_IN_UNIT]:
        is_of_another_probe = name[-1:].isdigit()
        unit = find_clear_unit(name) if _is_number(value) and not is_of_another_probe else None
        celsius = to_celsius(payload.temperature, payload.unit)
        if unit and abs(to_celsius(value, unit) - celsius) > _SAME_TEMPERATURE:
            problem = f"two temperatures, since the first is in {payload.unit}"
            raise _contradiction(content, TEMPERATURE_FIELDS, (name, value), problem)


def _is_number(value: Any) -> bool:
    """Return whether it is a number that can be a temperature at all."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _MAX_NUMBER


def _contradiction(
    content: JsonObject, names: tuple[str, ...], field: tuple[str, Any], problem: str
) -> InvalidField:
    name, value = field
    used = next((used for used in names if content.get(used) is not None), name)
    if used == name:
        return _repeated(name, value, content[name])
    return InvalidField(
        f"{used} is {quote_value(content[used])} and {quote_name(name)} is {quote_value(value)}: {problem}; "
        "send one"
    )


def _repeated(name: str, value: Any, other: Any) -> InvalidField:
    return InvalidField(
        f"{quote_name(name)} is given twice, as {quote_value(value)} and as {quote_value(other)}: send one"
    )
