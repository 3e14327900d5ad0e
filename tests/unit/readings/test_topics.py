"""Bodies of messages that came by MQTT: a number, or any dialect; the topic fills in what is missing."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from readings.errors import DeadLetterReason, InvalidReading
from readings.parsing import parse_reading
from readings.payload import MqttDefaults
from tests.unit.bad_bodies import NOT_JSON
from tests.unit.bodies import CONTEXT, MESSAGE, with_field_renamed, with_fields, with_raw, without

STAMP = datetime(2026, 11, 22, 5, 29, 1, 500_000, UTC)
STAMPED = replace(CONTEXT, mqtt_defaults=MqttDefaults("attic", STAMP.isoformat()))
UNSTAMPED = replace(CONTEXT, mqtt_defaults=MqttDefaults("attic", None))


def refused(body: bytes, context: Any = STAMPED) -> InvalidReading:
    with pytest.raises(InvalidReading) as caught:
        parse_reading(body, context)
    return caught.value


@pytest.mark.parametrize(
    ("body", "temperature"),
    [(b"21.5", 21.5), (b"21", 21.0), (b"-0.0", 0.0), (b" 2.15e1\n", 21.5), (b"-273.15", -273.15)],
)
def test_a_bare_number_is_a_reading_of_the_topics_sensor_at_the_brokers_time(
    body: bytes, temperature: float
) -> None:
    reading = parse_reading(body, STAMPED)

    assert (reading.sensor_id, reading.measured_at, reading.temperature) == ("attic", STAMP, temperature)


@pytest.mark.parametrize(
    "body",
    [
        with_fields(),
        with_field_renamed("sensor_id", "id", "kitchen"),
        with_field_renamed("measured_at", "timestamp", MESSAGE["measured_at"]),
        with_field_renamed("measured_at", "data", "2026-11-22T05:28:37"),
        with_field_renamed("temperature", "temperatura", 21.5),
        with_fields(unit="F", temperature=70.7),
    ],
)
def test_what_the_body_has_is_what_counts(body: bytes) -> None:
    assert parse_reading(body, STAMPED) == parse_reading(body, CONTEXT) == parse_reading(body, UNSTAMPED)


@pytest.mark.parametrize("name", ["sensor_id", "id"])
def test_a_body_without_a_sensor_is_of_the_topics(name: str) -> None:
    for body in (without("sensor_id"), with_field_renamed("sensor_id", name, None)):
        reading = parse_reading(body, UNSTAMPED)
        assert (reading.sensor_id, reading.measured_at) == (
            "attic",
            datetime(2026, 11, 22, 5, 28, 37, tzinfo=UTC),
        )


@pytest.mark.parametrize("name", ["measured_at", "timestamp", "data"])
def test_a_body_without_a_time_is_of_the_brokers(name: str) -> None:
    for body in (without("measured_at"), with_field_renamed("measured_at", name, None)):
        assert parse_reading(body, STAMPED).measured_at == STAMP


def test_the_least_object_has_a_temperature() -> None:
    body = b'{"temperatura": 70.7, "unit": "F"}'

    assert parse_reading(body, STAMPED)[1:4] == ("attic", STAMP, 21.5)


def test_a_redelivery_is_the_same_reading_and_a_later_one_another() -> None:
    later = replace(
        CONTEXT, mqtt_defaults=MqttDefaults("attic", STAMP.replace(microsecond=501_000).isoformat())
    )

    assert parse_reading(b"21.5", STAMPED) == parse_reading(b"21.5", STAMPED)
    assert parse_reading(b"21.5", STAMPED).reading_id != parse_reading(b"21.5", later).reading_id
    # A number is the same reading as an object that says the same.
    assert parse_reading(b'{"temperature": 21.5}', STAMPED) == parse_reading(b"21.50", STAMPED)


def test_the_id_of_a_bare_number_never_changes() -> None:
    assert str(parse_reading(b"21.5", STAMPED).reading_id) == "f7984911-6812-5a41-b052-95c9d2ebfea8"


@pytest.mark.parametrize("body", [b"21.5", b'{"temperature": 21.5}'])
def test_without_any_time_the_sentence_says_what_to_do(body: bytes) -> None:
    error = refused(body, UNSTAMPED)

    assert error.reason is DeadLetterReason.INVALID_FIELD
    assert error.detail.startswith(
        "measured_at is missing, and the broker set no timestamp on the message: send"
    )


@pytest.mark.parametrize(("body", "fragment"), NOT_JSON)
def test_what_is_not_json_is_not(body: bytes, fragment: str) -> None:
    error = refused(body)

    assert error.reason is DeadLetterReason.NOT_JSON
    assert fragment in error.detail


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b'"21.5"', "the body '21.5' is not a number or a JSON object"),
        (b"true", "the body True is not a number or a JSON object"),
        (b"null", "the body None is not a number or a JSON object"),
        (b"[21.5]", "the body [21.5] is not a number or a JSON object"),
        (b"NaN", "temperature is nan: "),
        (b"-Infinity", "temperature is -inf: "),
        (b"1e400", "temperature is inf: "),
        (b"-273.16", "temperature is -273.16 celsius, outside"),
        (b"{}", "temperature is missing"),
        (with_fields(temperature="21.5"), "temperature is '21.5': "),
        (with_fields(temperature=True), "temperature is True: "),
        (with_fields(sensor_id=""), "sensor_id is '': must have 1 to 128 characters"),
        (with_fields(measured_at=1_700_000_000), "measured_at is 1700000000: must be an ISO 8601 time"),
        (with_fields(reading_id=7), "reading_id is 7: "),
        (with_raw("sequence", "1.5"), "sequence is 1.5: "),
    ],
)
def test_a_bad_body_is_refused_with_field_and_value(body: bytes, detail: str) -> None:
    error = refused(body)

    assert error.reason is DeadLetterReason.INVALID_FIELD
    assert error.detail.startswith(detail)


def test_a_name_in_the_topic_keeps_the_rule_of_names() -> None:
    context = replace(CONTEXT, mqtt_defaults=MqttDefaults("x" * 129, STAMP.isoformat()))

    assert refused(b"21.5", context).detail.endswith("must have 1 to 128 characters")


@pytest.mark.parametrize(
    ("stamp", "reason"),
    [
        ("1970-01-01T00:00:00Z", DeadLetterReason.INVALID_FIELD),
        ("2026-11-22T05:36:00Z", DeadLetterReason.FUTURE_TIME),
    ],
)
def test_a_stamp_keeps_the_rules_of_times(stamp: str, reason: DeadLetterReason) -> None:
    assert refused(b"21.5", replace(CONTEXT, mqtt_defaults=MqttDefaults("attic", stamp))).reason is reason


def test_by_any_other_way_nothing_is_filled_in() -> None:
    assert refused(b"21.5", CONTEXT).detail == "the body 21.5 is not a JSON object"
    assert refused(without("sensor_id"), CONTEXT).detail == "sensor_id is missing"
    assert refused(without("measured_at"), CONTEXT).detail == "measured_at is missing"
    assert "sensor_id is None" in refused(with_fields(sensor_id=None), CONTEXT).detail
