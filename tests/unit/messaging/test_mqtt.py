"""What is known of a message that came by MQTT beside its body, and who may say it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from readings.payload import MqttDefaults
from tests.unit.fakes import delivery

TOPIC = ("amq.topic", "sensors.kitchen.temperature")
STRAIGHT = ("", "sensor_data")
# 2026-11-22T05:28:37.123Z
MILLISECONDS = 1_795_325_317_123
REPLAYED = {
    "x-replays": 1,
    "x-original-exchange": "amq.topic",
    "x-original-routing-key": "sensors.kitchen.temperature",
}


def test_the_topic_names_the_sensor_and_the_broker_the_time() -> None:
    came = delivery(route=TOPIC, headers={"timestamp_in_ms": MILLISECONDS}, timestamp=MILLISECONDS // 1000)

    assert came.mqtt_defaults == MqttDefaults("kitchen", "2026-11-22T05:28:37.123000Z")


@pytest.mark.parametrize("sensor_id", ["Küche 2", "a/b", "*", "#", "x" * 200])
def test_a_sensor_may_be_called_anything_without_a_dot(sensor_id: str) -> None:
    assert delivery(route=("amq.topic", f"sensors.{sensor_id}.temperature")).mqtt_defaults == MqttDefaults(
        sensor_id, None
    )


@pytest.mark.parametrize(
    "route",
    [
        STRAIGHT,
        ("", "sensors.kitchen.temperature"),
        ("sensors", "reading.kitchen"),
        ("sensors", "sensors.kitchen.temperature"),
        ("amq.topic", "sensors.kitchen.humidity"),
        ("amq.topic", "sensors.a.b.temperature"),
        ("amq.topic", "sensors..temperature"),
        ("amq.topic", "my.sensors.kitchen.temperature"),
        ("amq.topic", "reading.kitchen"),
    ],
)
def test_any_other_way_says_nothing(route: tuple[str, str]) -> None:
    assert delivery(route=route, headers={"timestamp_in_ms": MILLISECONDS}).mqtt_defaults is None


def test_what_was_replayed_says_how_it_came_the_first_time() -> None:
    came = delivery(route=STRAIGHT, headers={**REPLAYED, "timestamp_in_ms": MILLISECONDS})

    assert came.mqtt_defaults == MqttDefaults("kitchen", "2026-11-22T05:28:37.123000Z")


@pytest.mark.parametrize(
    ("route", "changed"),
    [
        (STRAIGHT, {"x-replays": 0}),
        (STRAIGHT, {"x-original-exchange": None}),
        (STRAIGHT, {"x-original-exchange": ["amq.topic"]}),
        (STRAIGHT, {"x-original-routing-key": 7}),
        (STRAIGHT, {"x-original-exchange": "sensors"}),
        (("sensors", "reading.kitchen"), {}),
    ],
)
def test_what_was_not_replayed_cannot_say_so(route: tuple[str, str], changed: dict[str, Any]) -> None:
    assert delivery(route=route, headers={**REPLAYED, **changed}).mqtt_defaults is None


@pytest.mark.parametrize("header", [None, "1795325317123", True, 1795325317.123, datetime.now(UTC), {}])
def test_without_a_stamp_in_milliseconds_the_one_in_seconds_holds(header: Any) -> None:
    came = delivery(route=TOPIC, headers={"timestamp_in_ms": header}, timestamp=MILLISECONDS // 1000)

    assert came.mqtt_defaults == MqttDefaults("kitchen", "2026-11-22T05:28:37.000000Z")


@pytest.mark.parametrize("number", [2**63, -(2**63), 10**30])
def test_a_number_that_is_no_time_is_none(number: int) -> None:
    assert delivery(route=TOPIC, headers={"timestamp_in_ms": number}).mqtt_defaults == MqttDefaults(
        "kitchen", None
    )
    assert delivery(route=TOPIC, timestamp=abs(number)).mqtt_defaults == MqttDefaults("kitchen", None)


def test_without_any_stamp_there_is_no_time() -> None:
    assert delivery(route=TOPIC).mqtt_defaults == MqttDefaults("kitchen", None)
