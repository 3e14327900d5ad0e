"""Writing dead letters: the headers that are added, kept and renamed."""

from datetime import UTC, datetime
from typing import Any

import pika
import pytest
from pika.exceptions import StreamLostError

from messaging.dead_letters.writer import MAX_DETAIL_CHARACTERS, DeadLetterWriter
from messaging.errors import BrokerUnavailable, Unroutable
from readings.errors import DeadLetterReason, InvalidReading
from tests.unit.fake_broker import FakeBroker, Message

QUEUE = "heat.dead"
ERROR = InvalidReading(DeadLetterReason.INVALID_FIELD, "temperature is 'hot': must be a number")
METHOD = pika.spec.Basic.Deliver("consumer", 1, False, "sensors", "reading.kitchen")
DEFAULT_EXCHANGE_METHOD = pika.spec.Basic.Deliver("consumer", 1, False, "", "heat")


def dead_lettered(
    properties: pika.BasicProperties,
    error: InvalidReading = ERROR,
    method: pika.spec.Basic.Deliver = METHOD,
) -> Message:
    """Dead-letter a message and return it from the dead-letter queue."""
    broker = FakeBroker()
    broker.put(QUEUE)
    DeadLetterWriter(broker.open_connection("", "").channel(), QUEUE, by="pipeline@host:7").write(
        method, properties, b"\x00body", error
    )
    assert broker.operations[-2:] == ["confirm", f"publish /{QUEUE}"]
    return broker.queues[QUEUE][0]


def test_the_headers_have_reason_time_consumer_and_original_route() -> None:
    started_at = datetime.now(UTC)

    dead = dead_lettered(pika.BasicProperties())

    at = datetime.fromisoformat(dead.headers.pop("x-dead-at"))
    headers = {name: value for name, value in dead.headers.items() if name != "x-dead-at"}
    assert headers == {
        "x-dead-reason": "invalid-field",
        "x-dead-detail": "temperature is 'hot': must be a number",
        "x-dead-by": "pipeline@host:7",
        "x-original-exchange": "sensors",
        "x-original-routing-key": "reading.kitchen",
        "x-replays": 0,
    }
    assert started_at.replace(microsecond=0) <= at <= datetime.now(UTC)


def test_body_properties_and_headers_are_kept() -> None:
    original = pika.BasicProperties(
        content_type="text/plain",
        content_encoding="gzip",
        priority=3,
        correlation_id="c",
        reply_to="replies",
        message_id="m",
        timestamp=1_700_000_000,
        type="t",
        app_id="a",
        headers={"trace": {"id": [1, None, b"\xff"]}},
    )
    before = dict(vars(original), headers=dict(original.headers))

    dead = dead_lettered(original)

    assert dead.body == b"\x00body"
    assert dead.headers["trace"] == {"id": [1, None, b"\xff"]}
    kept = vars(dead.properties) | {"headers": None, "delivery_mode": None}
    assert kept == before | {"headers": None}
    assert vars(original) == before, "the original message is not modified"


def test_a_dead_letter_is_persistent_whatever_the_delivery_mode_of_the_original() -> None:
    assert dead_lettered(pika.BasicProperties(delivery_mode=1)).properties.delivery_mode == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("expiration", "1000", id="would expire the dead letter"),
        pytest.param("user_id", "another", id="would close the channel"),
        pytest.param("reply_to", "amq.rabbitmq.reply-to.g1h2", id="would close the channel too"),
    ],
)
def test_properties_that_the_broker_acts_on_are_moved_to_headers(name: str, value: str) -> None:
    dead = dead_lettered(pika.BasicProperties(**{name: value}))

    assert getattr(dead.properties, name) is None
    assert dead.headers[f"x-original-{name.replace('_', '-')}"] == value


@pytest.mark.parametrize(
    ("name", "value", "moved_to"),
    [
        ("CC", ["elsewhere"], "x-original-cc"),
        ("BCC", ["elsewhere"], "x-original-bcc"),
        ("x-delivery-count", 4, "x-original-delivery-count"),
        ("x-acquired-count", 4, "x-original-acquired-count"),
    ],
)
def test_headers_that_the_broker_acts_on_are_renamed(name: str, value: Any, moved_to: str) -> None:
    headers = dead_lettered(pika.BasicProperties(headers={name: value})).headers

    assert name not in headers
    assert headers[moved_to] == value


def test_a_route_and_a_reply_address_that_are_not_utf_8_are_kept() -> None:
    method = pika.spec.Basic.Deliver("consumer", 1, False, b"\xff", b"sensors.\xff.temperature")
    dead = dead_lettered(pika.BasicProperties(reply_to=b"amq.\xff", message_id=b"\xff"), method=method)

    assert dead.headers["x-original-exchange"] == b"\xff"
    assert dead.headers["x-original-routing-key"] == b"sensors.\xff.temperature"
    assert (dead.properties.reply_to, dead.headers["x-original-reply-to"]) == (None, b"amq.\xff")
    assert dead.properties.message_id == b"\xff"
    assert dead.properties.encode()


def test_the_number_of_replays_is_kept() -> None:
    assert dead_lettered(pika.BasicProperties(headers={"x-replays": 3})).headers["x-replays"] == 3


def test_a_replayed_message_that_is_dead_lettered_again_keeps_its_original_route() -> None:
    route = {
        "x-original-exchange": "amq.topic",
        "x-original-routing-key": "sensors.kitchen.temperature",
    }

    replayed = dead_lettered(
        pika.BasicProperties(headers={**route, "x-replays": 1}), method=DEFAULT_EXCHANGE_METHOD
    ).headers
    not_replayed = dead_lettered(
        pika.BasicProperties(headers={**route, "x-replays": 1}), method=METHOD
    ).headers

    assert replayed.items() >= route.items()
    assert (not_replayed["x-original-exchange"], not_replayed["x-original-routing-key"]) == (
        "sensors", "reading.kitchen",
    )  # fmt: skip


def test_the_newest_reason_replaces_an_older_reason() -> None:
    headers = dead_lettered(pika.BasicProperties(headers={"x-dead-reason": "not-json"})).headers

    assert headers["x-dead-reason"] == "invalid-field"


def test_a_long_detail_is_truncated() -> None:
    error = InvalidReading(DeadLetterReason.REJECTED_BY_DATABASE, "é" * 10_000)

    assert (
        dead_lettered(pika.BasicProperties(), error).headers["x-dead-detail"] == "é" * MAX_DETAIL_CHARACTERS
    )


def test_decoded_headers_can_be_encoded_again() -> None:
    table = {"count": 2**40, "small": -1, "yes": True, "at": datetime(2026, 11, 22, tzinfo=UTC), "none": None}
    encoded = b"".join(pika.BasicProperties(headers=table).encode())
    original = pika.BasicProperties()
    original.decode(encoded)

    dead = dead_lettered(original)

    assert table.items() <= dead.headers.items()
    assert dead.properties.encode()


def test_a_missing_dead_letter_queue_is_reported_with_a_hint() -> None:
    writer = DeadLetterWriter(FakeBroker().open_connection("", "").channel(), QUEUE, by="me")

    with pytest.raises(Unroutable, match="sensorctl setup"):
        writer.write(METHOD, pika.BasicProperties(), b"", ERROR)


def test_a_lost_connection_is_reported() -> None:
    broker = FakeBroker()
    broker.put(QUEUE)
    writer = DeadLetterWriter(broker.open_connection("", "").channel(), QUEUE, by="me")
    broker.errors[f"publish /{QUEUE}"] = [StreamLostError("Stream connection lost")]

    with pytest.raises(BrokerUnavailable, match="Stream connection lost"):
        writer.write(METHOD, pika.BasicProperties(), b"", ERROR)
