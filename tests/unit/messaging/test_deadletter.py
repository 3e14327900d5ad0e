"""Dead letters: what is added, what is kept, and what is moved aside."""

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
ERROR = InvalidReading(DeadLetterReason.INVALID_FIELD, "temperature is 'hot': Input should be a valid number")
METHOD = pika.spec.Basic.Deliver("consumer", 1, False, "sensors", "reading.kitchen")
STRAIGHT = pika.spec.Basic.Deliver("consumer", 1, False, "", "heat")


def bury(
    properties: pika.BasicProperties,
    error: InvalidReading = ERROR,
    method: pika.spec.Basic.Deliver = METHOD,
) -> Message:
    """The message as it lies in the dead queue."""
    broker = FakeBroker()
    broker.put(QUEUE)
    DeadLetterWriter(broker.open_connection("", "").channel(), QUEUE, by="pipeline@host:7").write(
        method, properties, b"\x00body", error
    )
    assert broker.operations[-2:] == ["confirm", f"publish /{QUEUE}"]
    return broker.queues[QUEUE][0]


def test_the_headers_tell_why_when_by_whom_and_where_from() -> None:
    began = datetime.now(UTC)

    dead = bury(pika.BasicProperties())

    at = datetime.fromisoformat(dead.headers.pop("x-dead-at"))
    headers = {name: value for name, value in dead.headers.items() if name != "x-dead-at"}
    assert headers == {
        "x-dead-reason": "invalid-field",
        "x-dead-detail": "temperature is 'hot': Input should be a valid number",
        "x-dead-by": "pipeline@host:7",
        "x-original-exchange": "sensors",
        "x-original-routing-key": "reading.kitchen",
        "x-replays": 0,
    }
    assert began.replace(microsecond=0) <= at <= datetime.now(UTC)


def test_body_properties_and_headers_stay_as_they_came() -> None:
    came = pika.BasicProperties(
        content_type="text/plain",
        content_encoding="gzip",
        priority=3,
        correlation_id="c",
        reply_to="answers",
        message_id="m",
        timestamp=1_700_000_000,
        type="t",
        app_id="a",
        headers={"trace": {"id": [1, None, b"\xff"]}},
    )
    before = dict(vars(came), headers=dict(came.headers))

    dead = bury(came)

    assert dead.body == b"\x00body"
    assert dead.headers["trace"] == {"id": [1, None, b"\xff"]}
    kept = vars(dead.properties) | {"headers": None, "delivery_mode": None}
    assert kept == before | {"headers": None}
    assert vars(came) == before, "the message in hand is not touched"


def test_the_copy_survives_a_restart_whatever_the_original_was() -> None:
    assert bury(pika.BasicProperties(delivery_mode=1)).properties.delivery_mode == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("expiration", "1000", id="would empty the dead queue"),
        pytest.param("user_id", "somebody", id="would close the channel"),
        pytest.param("reply_to", "amq.rabbitmq.reply-to.g1h2", id="would close the channel too"),
    ],
)
def test_properties_that_the_broker_acts_on_are_moved_aside(name: str, value: str) -> None:
    dead = bury(pika.BasicProperties(**{name: value}))

    assert getattr(dead.properties, name) is None
    assert dead.headers[f"x-original-{name.replace('_', '-')}"] == value


@pytest.mark.parametrize(
    ("name", "value", "moved_to"),
    [
        ("CC", ["elsewhere"], "x-original-cc"),
        ("BCC", ["elsewhere"], "x-original-bcc"),
        ("x-delivery-count", 4, "x-original-delivery-count"),
    ],
)
def test_headers_that_the_broker_acts_on_are_moved_aside(name: str, value: Any, moved_to: str) -> None:
    headers = bury(pika.BasicProperties(headers={name: value})).headers

    assert name not in headers
    assert headers[moved_to] == value


def test_a_replay_is_counted_on() -> None:
    assert bury(pika.BasicProperties(headers={"x-replays": 3})).headers["x-replays"] == 3


def test_what_dies_again_after_a_replay_keeps_the_way_it_came_first() -> None:
    way = {
        "x-original-exchange": "amq.topic",
        "x-original-routing-key": "sensors.kitchen.temperature",
    }

    replayed = bury(pika.BasicProperties(headers={**way, "x-replays": 1}), method=STRAIGHT).headers
    pretended = bury(pika.BasicProperties(headers={**way, "x-replays": 1}), method=METHOD).headers

    assert replayed.items() >= way.items()
    assert (pretended["x-original-exchange"], pretended["x-original-routing-key"]) == (
        "sensors", "reading.kitchen",
    )  # fmt: skip


def test_an_older_reason_gives_way_to_the_newest() -> None:
    headers = bury(pika.BasicProperties(headers={"x-dead-reason": "not-json"})).headers

    assert headers["x-dead-reason"] == "invalid-field"


def test_a_long_detail_is_cut() -> None:
    error = InvalidReading(DeadLetterReason.REJECTED_BY_DATABASE, "é" * 10_000)

    assert bury(pika.BasicProperties(), error).headers["x-dead-detail"] == "é" * MAX_DETAIL_CHARACTERS


def test_what_comes_off_the_wire_can_be_written_again() -> None:
    table = {"count": 2**40, "small": -1, "yes": True, "at": datetime(2026, 11, 22, tzinfo=UTC), "none": None}
    written = b"".join(pika.BasicProperties(headers=table).encode())
    came = pika.BasicProperties()
    came.decode(written)

    dead = bury(came)

    assert table.items() <= dead.headers.items()
    assert dead.properties.encode()


def test_a_dead_queue_that_is_not_there_is_told() -> None:
    letters = DeadLetterWriter(FakeBroker().open_connection("", "").channel(), QUEUE, by="me")

    with pytest.raises(Unroutable, match="sensorctl setup"):
        letters.write(METHOD, pika.BasicProperties(), b"", ERROR)


def test_a_lost_connection_is_told() -> None:
    broker = FakeBroker()
    broker.put(QUEUE)
    letters = DeadLetterWriter(broker.open_connection("", "").channel(), QUEUE, by="me")
    broker.errors[f"publish /{QUEUE}"] = [StreamLostError("Stream connection lost")]

    with pytest.raises(BrokerUnavailable, match="Stream connection lost"):
        letters.write(METHOD, pika.BasicProperties(), b"", ERROR)
