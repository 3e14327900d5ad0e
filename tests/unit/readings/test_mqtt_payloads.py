"""Bodies of MQTT messages: a bare number or any format, with defaults from the topic."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from readings.errors import DeadLetterReason, InvalidReading
from readings.parsing import parse_reading
from readings.payload import MqttDefaults
from tests.unit.bodies import CONTEXT, MESSAGE, with_field_renamed, with_fields, with_raw, without
from tests.unit.invalid_payloads import NOT_JSON

TIMESTAMP = datetime(2026, 11, 22, 5, 29, 1, 500_000, UTC)
WITH_TIMESTAMP = replace(CONTEXT, mqtt_defaults=MqttDefaults("attic", TIMESTAMP.isoformat()))
WITHOUT_TIMESTAMP = replace(CONTEXT, mqtt_defaults=MqttDefaults("attic", None))


def parse_invalid(body: bytes, context: Any = WITH_TIMESTAMP) -> InvalidReading:
    with pytest.raises(InvalidReading) as caught:
        parse_reading(body, context)
    return caught.value


@pytest.mark.parametrize(
    ("body", "temperature"),
    [(b"21.5", 21.5), (b"21", 21.0), (b"-0.0", 0.0), (b" 2.15e1\n", 21.5), (b"-273.15", -273.15)],
)
def test_a_bare_number_takes_its_sensor_from_the_topic_and_its_time_from_the_broker(
    body: bytes, temperature: float
) -> None:
    reading = parse_reading(body, WITH_TIMESTAMP)

    assert (reading.sensor_id, reading.measured_at, reading.temperature) == ("attic", TIMESTAMP, temperature)


@pytest.mark.parametrize(
    "body",
    [
        with_fields(sensor_id="attic"),
        with_fields(sensor_id=" attic "),
        with_field_renamed("sensor_id", "id", "attic"),
        with_field_renamed("sensor_id", "measured_at", MESSAGE["measured_at"]),
        with_field_renamed("sensor_id", "timestamp", MESSAGE["measured_at"]),
        with_field_renamed("sensor_id", "id", 4711),  # the number of the message
        with_field_renamed("sensor_id", "Id", "01"),
        with_field_renamed("sensor_id", "device_id", "esp-1"),
    ],
)
def test_the_time_and_the_temperature_of_the_body_take_precedence(body: bytes) -> None:
    expected = parse_reading(with_fields(sensor_id="attic"), CONTEXT)

    assert parse_reading(body, WITH_TIMESTAMP) == parse_reading(body, WITHOUT_TIMESTAMP) == expected


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (
            with_fields(),
            "sensor_id is 'kitchen', but the topic names the sensor 'attic': leave the field out",
        ),
        (with_fields(sensor_id=7), "sensor_id is 7, but the topic names the sensor 'attic'"),
        (with_fields(SensorId="kitchen", sensor_id=None), "SensorId is 'kitchen', but the topic names"),
        (b'{"id": 1, "data": "2026-11-22T05:28:37", "temperatura": 21.5}', "id is 1, but the topic names"),
        (b'{"id": "kitchen", "temperatura": 21.5}', "id is 'kitchen', but the topic names the sensor"),
    ],
)
def test_a_body_with_another_sensor_than_the_topic_is_rejected(body: bytes, detail: str) -> None:
    assert parse_invalid(body).detail.startswith(detail)


def test_a_topic_in_two_unicode_forms_is_one_sensor() -> None:
    names = ("K\u00fcche", "Ku\u0308che")
    contexts = [replace(CONTEXT, mqtt_defaults=MqttDefaults(name, TIMESTAMP.isoformat())) for name in names]

    readings = [parse_reading(b'{"temperature": 21.5, "sensor_id": "Ku\xcc\x88che"}', c) for c in contexts]
    assert readings[0] == readings[1]
    assert readings[0].sensor_id == "K\u00fcche"


@pytest.mark.parametrize(
    ("field", "value", "time"),
    [
        ("ts", 1763789317123, "2025-11-22T05:28:37.123000Z"),
        ("created_at", "2026-11-22 05:28:37 UTC", "2026-11-22T05:28:37.000000Z"),
        ("epoch", "1763789317", "2025-11-22T05:28:37.000000Z"),
        ("Time", "2026-11-22T05:28:37", "2026-11-22T05:28:37.000000Z"),
        ("last_seen", "2026-11-22T06:28:37+01:00", "2026-11-22T05:28:37.000000Z"),
        ("data_hora", "2026-11-22T05:28:37Z", "2026-11-22T05:28:37.000000Z"),
        ("Zeitstempel", "2026-11-22 06:28:37 +0100", "2026-11-22T05:28:37.000000Z"),
        ("receivedAt", "2026-11-22T05:28:37Z", "2026-11-22T05:28:37.000000Z"),
        ("phenomenonTime", "2026-11-22T05:28:37Z", "2026-11-22T05:28:37.000000Z"),
        ("gwts", 1763789317, "2025-11-22T05:28:37.000000Z"),
    ],
)
def test_a_time_under_a_name_that_is_not_read_is_not_replaced_by_the_brokers(
    field: str, value: Any, time: str
) -> None:
    error = parse_invalid(json.dumps({"temperature": 21.5, field: value}).encode())

    assert error.detail.startswith(f"{field} is {value!r}, a time under a name that is not read")
    assert error.detail.endswith(f'"measured_at": "{time}"')


@pytest.mark.parametrize(
    ("field", "value"),
    [("datetime", "22/11/2026 05:28:37"), ("fecha", "22.11.26, 5:28"), ("hora", "05:28:37")],
)
def test_a_time_in_another_notation_is_not_replaced_by_the_brokers(field: str, value: str) -> None:
    error = parse_invalid(json.dumps({"temperature": 21.5, field: value}).encode())

    assert error.detail.startswith(f"{field} is {value!r}, a time under a name that is not read")
    assert "send measured_at, in ISO 8601 such as" in error.detail


@pytest.mark.parametrize("field", [{"date": "22/11/2026"}, {"dt": 60}, {"hora": "cedo"}, {"created": None}])
def test_what_is_no_time_of_day_does_not_keep_out_the_brokers(field: dict[str, Any]) -> None:
    body = json.dumps({"temperature": 21.5, **field}).encode()

    assert parse_reading(body, WITH_TIMESTAMP).measured_at == TIMESTAMP


@pytest.mark.parametrize("name", ["sensor_id", "id"])
def test_a_body_without_a_sensor_takes_it_from_the_topic(name: str) -> None:
    for body in (without("sensor_id"), with_field_renamed("sensor_id", name, None)):
        reading = parse_reading(body, WITHOUT_TIMESTAMP)
        assert (reading.sensor_id, reading.measured_at) == (
            "attic",
            datetime(2026, 11, 22, 5, 28, 37, tzinfo=UTC),
        )


@pytest.mark.parametrize("name", ["measured_at", "timestamp", "data"])
def test_a_body_without_a_time_takes_it_from_the_broker(name: str) -> None:
    for fields in ({}, {name: None}):
        body = json.dumps({"temperature": 21.5, **fields}).encode()
        assert parse_reading(body, WITH_TIMESTAMP).measured_at == TIMESTAMP


def test_an_object_requires_only_a_temperature() -> None:
    body = b'{"temperatura": 70.7, "unit": "F"}'

    assert parse_reading(body, WITH_TIMESTAMP)[1:4] == ("attic", TIMESTAMP, 21.5)


def test_a_redelivery_is_the_same_reading_and_a_later_message_is_another() -> None:
    later = replace(
        CONTEXT, mqtt_defaults=MqttDefaults("attic", TIMESTAMP.replace(microsecond=501_000).isoformat())
    )

    assert parse_reading(b"21.5", WITH_TIMESTAMP) == parse_reading(b"21.5", WITH_TIMESTAMP)
    assert parse_reading(b"21.5", WITH_TIMESTAMP).reading_id != parse_reading(b"21.5", later).reading_id
    # A bare number and an object with the same temperature are the same reading.
    assert parse_reading(b'{"temperature": 21.5}', WITH_TIMESTAMP) == parse_reading(b"21.50", WITH_TIMESTAMP)


def test_the_id_of_a_bare_number_never_changes() -> None:
    assert str(parse_reading(b"21.5", WITH_TIMESTAMP).reading_id) == "f7984911-6812-5a41-b052-95c9d2ebfea8"


@pytest.mark.parametrize("body", [b"21.5", b'{"temperature": 21.5}'])
def test_without_any_time_the_detail_says_what_to_do(body: bytes) -> None:
    error = parse_invalid(body, WITHOUT_TIMESTAMP)

    assert error.reason is DeadLetterReason.INVALID_FIELD
    assert error.detail.startswith(
        "measured_at is missing, and the broker set no timestamp on the message: send"
    )


@pytest.mark.parametrize(("body", "fragment"), NOT_JSON)
def test_a_body_that_is_not_json_is_rejected(body: bytes, fragment: str) -> None:
    error = parse_invalid(body)

    assert error.reason is DeadLetterReason.NOT_JSON
    assert fragment in error.detail


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b'"21.5"', "the body '21.5' is a number as text: send"),
        (b"true", "the body true is not a number or a JSON object"),
        (b"null", "the body null is not a number or a JSON object"),
        (b"[21.5]", "the body [21.5] is an array of 1: send {"),
        (b"NaN", "temperature is nan: "),
        (b"-Infinity", "temperature is -inf: "),
        (b"1e400", "temperature is inf: "),
        (b"-273.16", "temperature is -273.16 celsius, outside"),
        (b"{}", "temperature is missing"),
        (with_fields(temperature="21.5"), "temperature is '21.5': "),
        (with_fields(temperature=True), "temperature is true: "),
        (with_fields(sensor_id=""), "sensor_id is '': must have 1 to 128 characters"),
        (with_fields(time="12:00", measured_at=None), "measured_at is null: must be an ISO 8601 time"),
        (with_field_renamed("measured_at", "time", "12:00"), "measured_at is '12:00': must be an ISO 8601"),
        (with_fields(measured_at=1_700_000_000), "measured_at is 1700000000: must be an ISO 8601 time"),
        (with_fields(reading_id=7), "reading_id is 7: "),
        (with_raw("sequence", "1.5"), "sequence is 1.5: "),
    ],
)
def test_an_invalid_body_is_rejected_with_field_and_value(body: bytes, detail: str) -> None:
    error = parse_invalid(body)

    assert error.reason is DeadLetterReason.INVALID_FIELD
    assert error.detail.startswith(detail)


def test_a_sensor_id_from_the_topic_is_validated() -> None:
    context = replace(CONTEXT, mqtt_defaults=MqttDefaults("x" * 129, TIMESTAMP.isoformat()))

    assert parse_invalid(b"21.5", context).detail.endswith("must have 1 to 128 characters")


@pytest.mark.parametrize(
    ("timestamp", "reason"),
    [
        ("1970-01-01T00:00:00Z", DeadLetterReason.INVALID_FIELD),
        ("2026-11-22T05:36:00Z", DeadLetterReason.FUTURE_TIME),
    ],
)
def test_a_timestamp_from_the_broker_is_validated(timestamp: str, reason: DeadLetterReason) -> None:
    assert (
        parse_invalid(b"21.5", replace(CONTEXT, mqtt_defaults=MqttDefaults("attic", timestamp))).reason
        is reason
    )


def test_other_messages_get_no_defaults() -> None:
    assert parse_invalid(b"21.5", CONTEXT).detail.startswith("the body 21.5 is not a JSON object")
    assert parse_invalid(without("sensor_id"), CONTEXT).detail == "sensor_id is missing"
    assert parse_invalid(without("measured_at"), CONTEXT).detail == "measured_at is missing"
    assert "sensor_id is null" in parse_invalid(with_fields(sensor_id=None), CONTEXT).detail
