"""Hostile properties and headers make the consumer neither fail nor loop."""

import struct
from typing import Any

import pika
import pytest
from pika.exceptions import ChannelClosedByBroker

from messaging.dead_letters.queue import open_dead_letter_queue
from messaging.topology import EXCHANGE
from tests.broker import DEAD_QUEUE, QUEUE, VirtualHost
from tests.database import Database
from tests.modes import both_modes
from tests.processes import Processes
from tests.readings import reading
from tests.waiting import DEADLINE_SECONDS, eventually

pytestmark = pytest.mark.usefixtures("without_garbage_collection")

both_queue_types = pytest.mark.parametrize("queue_type", ["quorum", "classic"])
FRAME_BYTES = 131_072


class RawHeaders(pika.BasicProperties):  # type: ignore[misc]  # pika ships no types
    """Properties with a header table of raw bytes, which pika could not encode."""

    def __init__(self, table: bytes) -> None:
        super().__init__()
        self._table = table

    def encode(self) -> list[bytes]:
        flags = self.FLAG_CONTENT_TYPE | self.FLAG_CONTENT_ENCODING | self.FLAG_HEADERS | self.FLAG_MESSAGE_ID
        texts = [bytes([len(text)]) + text for text in (b"text/plain", b"utf-8", b"an id")]
        return [struct.pack(">H", flags), *texts[:2], sized(self._table), texts[2]]


def field(name: bytes, kind: bytes, value: bytes) -> bytes:
    return bytes([len(name)]) + name + kind + value


def sized(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value


def nested(kind: bytes, levels: int) -> bytes:
    value = b""
    for _ in range(levels):
        value = (b"\0" if kind == b"F" else b"") + kind + sized(value)
    return field(b"deep", b"S", sized(b"see below")) + (value if kind == b"F" else b"\x01a" + value)


EVERY_TYPE = b"".join(
    [
        field(b"t", b"t", b"\x01"), field(b"b", b"b", b"\xff"), field(b"B", b"B", b"\xff"),
        field(b"s", b"s", b"\xff\xff"), field(b"u", b"u", b"\xff\xff"), field(b"I", b"I", b"\xff" * 4),
        field(b"i", b"i", b"\xff" * 4), field(b"l", b"l", b"\x7f" + b"\xff" * 7),
        field(b"f", b"f", struct.pack(">f", 1.5)), field(b"d", b"d", struct.pack(">d", -2.25)),
        field(b"D", b"D", b"\xff\x7f\xff\xff\xff"), field(b"S", b"S", sized(b"text")),
        field(b"x", b"x", sized(b"\x00\xff")), field(b"A", b"A", sized(b"t\x01V")),
        field(b"T", b"T", struct.pack(">Q", 1234567890)), field(b"F", b"F", sized(field(b"k", b"V", b""))),
        field(b"V", b"V", b""),
    ]
)  # fmt: skip
HOSTILE_HEADERS = {
    "every type of value": EVERY_TYPE,
    "a time in milliseconds": field(b"when", b"T", struct.pack(">Q", 1_795_330_963_986)),
    "the largest time": field(b"when", b"T", b"\x7f" + b"\xff" * 7),
    "a text that is not UTF-8": field(b"text", b"S", sized(b"\xff\xfe")),
    "a name that is not UTF-8": field(b"\xff\xfe", b"S", sized(b"text")),
    "nested tables": nested(b"F", 5000),
    "nested arrays": nested(b"A", 5000),
    "a forged delivery count": field(b"x-delivery-count", b"S", sized(b"many")),
    "forged dead-letter headers": field(b"x-dead-reason", b"F", sized(b"")) + field(b"x-replays", b"V", b""),
    "large headers that fit with the dead-letter headers": field(b"large", b"S", sized(b"x" * 100_000)),
    "headers that fill the frame": field(b"large", b"S", sized(b"x" * (FRAME_BYTES - 64))),
    "many headers": b"".join(field(f"{n:05}".encode(), b"t", b"\x01") for n in range(16_000)),
}


@both_modes
@both_queue_types
def test_with_hostile_headers_an_invalid_body_is_dead_lettered_and_a_valid_one_is_stored(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    for number, table in enumerate(HOSTILE_HEADERS.values()):
        broker.publish(f"rubbish {number}", RawHeaders(table))
        broker.publish(reading(sequence=number), RawHeaders(table))

    consumer = run.start_consumer()

    eventually(
        lambda: database.count() == len(HOSTILE_HEADERS), DEADLINE_SECONDS, "every valid reading is stored"
    )
    assert consumer.stop() == 0
    assert broker.ready() == 0
    assert consumer.events("broker unavailable") == []
    dead = broker.drain(DEAD_QUEUE)
    assert [message.body for message in dead] == [
        f"rubbish {number}".encode() for number in range(len(HOSTILE_HEADERS))
    ]
    assert {message.headers["x-dead-reason"] for message in dead} == {"not-json"}
    assert {message.headers["x-original-routing-key"] for message in dead} == {QUEUE}


def test_headers_that_do_not_fit_are_omitted_and_unreadable_headers_are_kept_as_bytes(
    broker: VirtualHost, run: Processes
) -> None:
    too_deep = nested(b"F", 5000)
    broker.publish("rubbish", RawHeaders(too_deep))
    broker.publish("rubbish", RawHeaders(field(b"large", b"S", sized(b"x" * (FRAME_BYTES - 64)))))
    run.start_consumer().wait_for_event("dead-lettered", times=2)

    unreadable, large = broker.drain(DEAD_QUEUE)
    # The broker sorts the headers, and may have added its timestamp.
    first = field(b"deep", b"S", sized(b"see below"))
    assert too_deep.removeprefix(first) in unreadable.headers["x-unreadable-headers"]
    assert "large" not in large.headers
    assert large.headers["x-original-headers"].startswith("omitted")
    for properties in (unreadable.properties, large.properties):
        assert (properties.content_type, properties.content_encoding, properties.message_id) == (
            "text/plain",
            "utf-8",
            "an id",
        )


def test_dead_letters_with_hostile_headers_can_be_listed_repeatedly(
    broker: VirtualHost, run: Processes
) -> None:
    for number, table in enumerate(HOSTILE_HEADERS.values()):
        broker.publish(f"rubbish {number}", RawHeaders(table))
    run.start_consumer().wait_for_event("dead-lettered", times=len(HOSTILE_HEADERS))

    for _ in range(12):
        eventually(
            lambda: broker.ready(DEAD_QUEUE) == len(HOSTILE_HEADERS),
            DEADLINE_SECONDS,
            "every dead letter is ready",
        )
        with open_dead_letter_queue(broker.settings) as dead_queue:
            assert len(list(dead_queue.peek())) == len(HOSTILE_HEADERS)
    for arguments in ("", " --json"):
        listing = run.start(f"sensorctl dead list{arguments}")
        assert listing.wait() == 0
        assert "rubbish 0" in listing.text


@both_queue_types
def test_a_dead_letter_does_not_expire_and_is_not_routed_to_its_cc(
    broker: VirtualHost, run: Processes
) -> None:
    broker.channel.queue_declare("copies", durable=True)
    broker.publish(
        "rubbish",
        pika.BasicProperties(headers={"CC": ["copies"]}, expiration="60000", user_id=broker.server.user),
    )
    assert len(broker.drain("copies")) == 1, "the broker routes the original message to its CC"

    run.start_consumer().wait_for_event("dead-lettered")

    (dead,) = broker.drain(DEAD_QUEUE)
    assert (dead.properties.expiration, dead.properties.user_id) == (None, None)
    assert dead.headers["x-original-expiration"] == "60000"
    assert dead.headers["x-original-user-id"] == broker.server.user
    assert dead.headers["x-original-cc"] == ["copies"]
    assert broker.ready("copies") == 0


def test_a_direct_reply_to_is_moved_to_a_header(broker: VirtualHost, run: Processes) -> None:
    broker.channel.basic_consume("amq.rabbitmq.reply-to", lambda *_: None, auto_ack=True)
    broker.publish("rubbish", pika.BasicProperties(reply_to="amq.rabbitmq.reply-to"))
    run.start_consumer().wait_for_event("dead-lettered")
    (dead,) = broker.drain(DEAD_QUEUE)
    assert dead.properties.reply_to is None
    assert dead.headers["x-original-reply-to"].startswith("amq.rabbitmq.reply-to")


def test_properties_and_routing_keys_that_are_not_utf8_are_kept(broker: VirtualHost, run: Processes) -> None:
    not_utf8: Any = b"\xff\xfe"
    not_utf8_key: Any = b"reading.\xff"
    broker.publish(
        "rubbish",
        pika.BasicProperties(
            content_type=not_utf8, content_encoding=not_utf8, correlation_id=not_utf8,
            reply_to=not_utf8, message_id=not_utf8, timestamp=2**64 - 1, type=not_utf8,
            app_id=not_utf8, cluster_id=not_utf8, priority=255,
        ),
        exchange=EXCHANGE,
        routing_key=not_utf8_key,
    )  # fmt: skip
    run.start_consumer().wait_for_event("dead-lettered")
    (dead,) = broker.drain(DEAD_QUEUE)
    assert (dead.properties.content_type, dead.properties.message_id) == (not_utf8, not_utf8)
    assert (dead.properties.timestamp, dead.properties.priority) == (2**64 - 1, 255)
    assert dead.headers["x-original-routing-key"] == b"reading.\xff"


def test_the_properties_of_a_valid_message_are_ignored(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    for sequence, properties in enumerate(
        [
            pika.BasicProperties(content_type="image/png", content_encoding="gzip", type="other.v9"),
            pika.BasicProperties(delivery_mode=1, priority=9, expiration="60000"),
            pika.BasicProperties(message_id="not a UUID", timestamp=1, reply_to="unknown"),
        ]
    ):
        broker.publish(reading(sequence=sequence), properties)
    run.start_consumer()
    eventually(lambda: database.count() == 3, DEADLINE_SECONDS, "every reading is stored")
    assert broker.ready(DEAD_QUEUE) == 0


def test_the_broker_rejects_a_foreign_user_id(broker: VirtualHost) -> None:
    with pytest.raises(ChannelClosedByBroker, match="PRECONDITION_FAILED - user_id property set to"):
        broker.publish("rubbish", pika.BasicProperties(user_id="another-user"))
