"""Headers that pika cannot decode are kept as bytes, and their message is handled."""

import struct
from datetime import UTC, datetime

import pika
import pytest
from pika import frame, spec

from messaging.amqp.headers import UNREADABLE, LenientProperties, install_lenient_decoder
from messaging.dead_letters.writer import MAX_PROPERTIES_BYTES, DeadLetterWriter
from readings.errors import DeadLetterReason, InvalidReading
from tests.unit.fake_broker import FakeBroker, Message

FRAME_MAX = 131_072
OTHERS = {
    "content_type": "application/json",
    "content_encoding": "utf-8",
    "delivery_mode": 2,
    "priority": 3,
    "message_id": "m",
    "timestamp": 1_700_000_000,
    "app_id": "a",
}


def entry(name: bytes, kind: bytes, value: bytes) -> bytes:
    return bytes([len(name)]) + name + kind + value


def nested(depth: int) -> bytes:
    table = b""
    for _ in range(depth):
        table = entry(b"t", b"F", struct.pack(">I", len(table)) + table)
    return table


def encoded_properties(table: bytes, **others: object) -> bytes:
    """Return properties as they are on the wire, with this header table."""
    whole = b"".join(pika.BasicProperties(**others, headers={"x": "the table goes here"}).encode())
    placeholder: list[bytes] = []
    pika.data.encode_table(placeholder, {"x": "the table goes here"})
    return whole.replace(b"".join(placeholder), struct.pack(">I", len(table)) + table)


UNREADABLE_TABLES = [
    pytest.param(entry(b"at", b"T", struct.pack(">Q", 1_700_000_000_000)), id="time in milliseconds"),
    pytest.param(entry(b"at", b"T", b"\xff" * 8), id="time out of range"),
    pytest.param(entry(b"x", b"d", struct.pack(">d", float("nan"))), id="NaN"),
    pytest.param(entry(b"x", b"d", struct.pack(">d", float("inf"))), id="infinity"),
    pytest.param(entry(b"x", b"?", b""), id="unknown type"),
    pytest.param(nested(5_000), id="deeper than the recursion limit"),
]


@pytest.mark.parametrize("table", UNREADABLE_TABLES)
@pytest.mark.parametrize("others", [OTHERS, {}, {"content_encoding": "gzip"}, {"user_id": "u"}])
def test_headers_that_pika_cannot_decode_are_kept_as_bytes_with_the_other_properties(
    table: bytes, others: dict[str, object]
) -> None:
    properties = LenientProperties().decode(encoded_properties(table, **others))

    assert properties.headers == {UNREADABLE: table}
    assert {name: value for name, value in vars(properties).items() if value and name != "headers"} == others


def test_headers_that_pika_can_decode_are_as_pika_decodes_them() -> None:
    headers = {"x-delivery-count": 4, "at": datetime(2026, 11, 22, tzinfo=UTC), "deep": {"a": [1, None]}}
    whole = b"".join(pika.BasicProperties(headers=headers, **OTHERS).encode())

    properties, expected = LenientProperties().decode(whole), pika.BasicProperties()
    expected.decode(whole)

    assert properties.headers == headers
    assert vars(properties) == vars(expected)


def test_a_frame_with_unreadable_headers_is_decoded_by_the_lenient_decoder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(spec.props, pika.BasicProperties.INDEX, pika.BasicProperties)
    table = entry(b"at", b"T", b"\xff" * 8)
    properties = encoded_properties(table, **OTHERS)
    payload = struct.pack(">HHQ", pika.BasicProperties.INDEX, 0, 9) + properties
    wire = struct.pack(">BHL", spec.FRAME_HEADER, 1, len(payload)) + payload + bytes([spec.FRAME_END])
    with pytest.raises(OverflowError, match="out of range"):
        frame.decode_frame(wire)

    install_lenient_decoder()

    size, header = frame.decode_frame(wire)
    assert size == len(wire)
    assert header.properties.headers == {UNREADABLE: table}


def dead_lettered(properties: pika.BasicProperties) -> Message:
    broker = FakeBroker()
    broker.put("dead")
    method = spec.Basic.Deliver("consumer", 1, False, "sensors", "reading.kitchen")
    error = InvalidReading(DeadLetterReason.NOT_JSON, "é" * 10_000)
    DeadLetterWriter(broker.open_connection("", "").channel(), "dead", by="me").write(
        method, properties, b"", error
    )
    return broker.queues["dead"][0]


def test_unreadable_headers_are_kept_in_the_dead_letter() -> None:
    table = nested(5_000)

    dead = dead_lettered(LenientProperties().decode(encoded_properties(table, **OTHERS)))

    assert dead.headers[UNREADABLE] == table
    assert dead.headers["x-dead-reason"] == "not-json"
    assert dead.properties.message_id == "m"
    assert dead.properties.encode()


@pytest.mark.parametrize(
    ("size", "kept"),
    [pytest.param(100_000, True, id="fits"), pytest.param(130_900, False, id="does not fit")],
)
def test_headers_that_do_not_fit_next_to_the_reason_are_left_out(size: int, kept: bool) -> None:
    dead = dead_lettered(pika.BasicProperties(headers={"filler": "x" * size}, message_id="m"))

    written_size = sum(map(len, dead.properties.encode()))
    assert written_size <= MAX_PROPERTIES_BYTES < FRAME_MAX
    assert ("filler" in dead.headers) == kept
    assert ("x-original-headers" in dead.headers) == (not kept)
    assert (dead.headers["x-dead-reason"], dead.properties.message_id) == ("not-json", "m")
