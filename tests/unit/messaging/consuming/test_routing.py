"""Messages that no binding accepts are rejected, empty MQTT messages are ignored, the others are handled."""

from collections.abc import Sequence
from typing import Any

import pytest

from messaging.consuming.delivery import Delivery
from messaging.consuming.handler import BatchResult, Work
from messaging.consuming.routing import ReadingsOnly, RoutingEvents, routing_error
from readings.errors import DeadLetterReason, InvalidReading
from tests.unit.fakes import EventRecorder, FakeWork, delivery

READING = ("sensors", "reading.1")
MQTT = ("amq.topic", "sensors.kitchen.temperature")
INVALID = InvalidReading(DeadLetterReason.NOT_JSON, "the body is not JSON")
REPLAYED = {
    "x-replays": 1,
    "x-original-exchange": "amq.topic",
    "x-original-routing-key": "sensors.kitchen.temperature",
}


class Inner:
    """A handler that rejects `bad` bodies and records the others."""

    def __init__(self) -> None:
        self.handled: list[bytes] = []
        self.settled = 0

    def __call__(self, batch: Sequence[Delivery], _work: Work) -> BatchResult:
        self.handled += [message.body for message in batch]
        return BatchResult([INVALID if message.body == b"bad" else None for message in batch], self._settle)

    def _settle(self) -> None:
        self.settled += 1


@pytest.mark.parametrize(
    "route",
    [
        READING,
        ("sensors", "reading"),
        ("sensors", "reading."),
        MQTT,
        ("", "sensor_data"),
        ("", "x"),
        ("mine", "x"),
        # pika returns a routing key or exchange that is not UTF-8 as bytes.
        ("sensors", b"reading.\xff"),
        ("amq.topic", b"sensors.\xff.temperature"),
        (b"\xff", b"\xff"),
    ],
)
def test_a_message_that_a_binding_accepts_is_a_reading(route: Any) -> None:
    assert routing_error(delivery(route=route)) is None


@pytest.mark.parametrize(
    "key", ["sensor_data", "readings.x", "Reading.x", "x", "", "reading_x", "a.reading.x"]
)
def test_another_key_of_the_exchange_is_unroutable(key: str) -> None:
    error = routing_error(delivery(route=("sensors", key)))

    assert error is not None
    assert error.reason is DeadLetterReason.UNROUTABLE
    assert f"routing key {key!r} of sensors: readings go to the exchange sensors" in error.detail


@pytest.mark.parametrize("route", [("sensors", b"reading.\xff"), ("amq.topic", b"sensors.\xff.temperature")])
def test_a_message_whose_key_is_not_utf_8_is_handled(route: Any) -> None:
    inner = Inner()
    ReadingsOnly(inner, EventRecorder(RoutingEvents))([delivery(b"bad", route=route)], FakeWork())
    assert inner.handled == [b"bad"]


@pytest.mark.parametrize(("exchange", "key"), [("sensors", b"\xff"), ("amq.topic", b"sensors.\xff")])
def test_a_key_that_is_not_utf_8_is_shown_escaped(exchange: str, key: Any) -> None:
    error = routing_error(delivery(route=(exchange, key)))

    assert error is not None
    assert r"\\xff" in error.detail


@pytest.mark.parametrize("key", ["sensors.kitchen.humidity", "sensors.a.b.temperature", "reading.1"])
def test_another_topic_is_unroutable(key: str) -> None:
    error = routing_error(delivery(route=("amq.topic", key)))

    assert error is not None
    assert "the topic sensors/<sensor_id>/temperature" in error.detail


def test_a_long_key_is_shortened() -> None:
    error = routing_error(delivery(route=("sensors", "k" * 255)))

    assert error is not None
    assert len(error.detail) < 250


def test_only_readings_reach_the_handler_and_the_outcomes_keep_their_order() -> None:
    inner, events = Inner(), EventRecorder(RoutingEvents)
    batch = [
        delivery(b"", route=MQTT),
        delivery(b"1", route=READING),
        delivery(b"2", route=("sensors", "x")),
        delivery(b"bad", route=READING),
        delivery(b"", route=("", "sensor_data"), headers=REPLAYED),
        delivery(b"", route=READING),
    ]

    result = ReadingsOnly(inner, events)(batch, FakeWork())

    assert inner.handled == [b"1", b"bad", b""]
    reasons = [error.reason.value if error else None for error in result.errors]
    assert reasons == [None, None, "unroutable", "not-json", None, None]
    assert (inner.settled, events.calls_to("ignored")) == (0, [])
    result.on_settled()
    assert (inner.settled, events.calls_to("ignored")) == (1, [(2,)])


def test_a_batch_without_readings_does_not_call_the_handler() -> None:
    inner, events = Inner(), EventRecorder(RoutingEvents)

    result = ReadingsOnly(inner, events)([delivery(b"", route=MQTT)], FakeWork())
    result.on_settled()

    assert (list(result.errors), inner.handled, events.calls_to("ignored")) == ([None], [], [(1,)])
