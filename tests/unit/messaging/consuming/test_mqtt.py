"""Sensor id and time of a message that arrived by MQTT, from its topic and its headers."""

from datetime import UTC, datetime
from typing import Any

import pytest

from readings.payload import MqttDefaults
from tests.unit.fakes import delivery

TOPIC = ("amq.topic", "sensors.kitchen.temperature")
DEFAULT_EXCHANGE = ("", "sensor_data")
# 2026-11-22T05:28:37.123Z
MILLISECONDS = 1_795_325_317_123
REPLAYED = {
    "x-replays": 1,
    "x-original-exchange": "amq.topic",
    "x-original-routing-key": "sensors.kitchen.temperature",
}


def test_the_topic_has_the_sensor_and_the_broker_header_the_time() -> None:
    message = delivery(route=TOPIC, headers={"timestamp_in_ms": MILLISECONDS}, timestamp=MILLISECONDS // 1000)

    assert message.mqtt_defaults == MqttDefaults("kitchen", "2026-11-22T05:28:37.123000Z")


@pytest.mark.parametrize("sensor_id", ["Küche 2", "a/b", "*", "#", "x" * 200])
def test_a_sensor_id_may_have_any_character_but_a_dot(sensor_id: str) -> None:
    assert delivery(route=("amq.topic", f"sensors.{sensor_id}.temperature")).mqtt_defaults == MqttDefaults(
        sensor_id, None
    )


@pytest.mark.parametrize(
    "route",
    [
        DEFAULT_EXCHANGE,
        ("", "sensors.kitchen.temperature"),
        ("sensors", "reading.kitchen"),
        ("sensors", "sensors.kitchen.temperature"),
        ("amq.topic", "sensors.kitchen.humidity"),
        ("amq.topic", "sensors.a.b.temperature"),
        ("amq.topic", "sensors..temperature"),
        ("amq.topic", "my.sensors.kitchen.temperature"),
        ("amq.topic", "reading.kitchen"),
        ("amq.topic", b"sensors.\xff.temperature"),
        (b"\xff", b"\xff"),
    ],
)
def test_another_exchange_or_routing_key_has_no_defaults(route: Any) -> None:
    assert delivery(route=route, headers={"timestamp_in_ms": MILLISECONDS}).mqtt_defaults is None


def test_a_replayed_message_has_the_defaults_of_its_original_route() -> None:
    message = delivery(route=DEFAULT_EXCHANGE, headers={**REPLAYED, "timestamp_in_ms": MILLISECONDS})

    assert message.mqtt_defaults == MqttDefaults("kitchen", "2026-11-22T05:28:37.123000Z")


@pytest.mark.parametrize(
    ("route", "changed"),
    [
        (DEFAULT_EXCHANGE, {"x-replays": 0}),
        (DEFAULT_EXCHANGE, {"x-original-exchange": None}),
        (DEFAULT_EXCHANGE, {"x-original-exchange": ["amq.topic"]}),
        (DEFAULT_EXCHANGE, {"x-original-routing-key": 7}),
        (DEFAULT_EXCHANGE, {"x-original-exchange": "sensors"}),
        (("sensors", "reading.kitchen"), {}),
    ],
)
def test_original_route_headers_are_ignored_unless_the_message_was_replayed(
    route: tuple[str, str], changed: dict[str, Any]
) -> None:
    assert delivery(route=route, headers={**REPLAYED, **changed}).mqtt_defaults is None


@pytest.mark.parametrize("header", [None, "1795325317123", True, 1795325317.123, datetime.now(UTC), {}])
def test_without_a_timestamp_in_milliseconds_the_timestamp_in_seconds_is_used(header: Any) -> None:
    message = delivery(route=TOPIC, headers={"timestamp_in_ms": header}, timestamp=MILLISECONDS // 1000)

    assert message.mqtt_defaults == MqttDefaults("kitchen", "2026-11-22T05:28:37.000000Z")


@pytest.mark.parametrize("number", [2**63, -(2**63), 10**30])
def test_a_timestamp_out_of_range_is_ignored(number: int) -> None:
    assert delivery(route=TOPIC, headers={"timestamp_in_ms": number}).mqtt_defaults == MqttDefaults(
        "kitchen", None
    )
    assert delivery(route=TOPIC, timestamp=abs(number)).mqtt_defaults == MqttDefaults("kitchen", None)


def test_without_a_timestamp_there_is_no_time() -> None:
    assert delivery(route=TOPIC).mqtt_defaults == MqttDefaults("kitchen", None)
