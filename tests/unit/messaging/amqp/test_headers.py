"""Every header that a broker can hold is decoded and sent again byte for byte."""

import copy
import math
import struct
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pika
import pytest
from pika import frame, spec
from pika.compat import long

from messaging.amqp.headers import UNREADABLE, LenientProperties, install_lenient_decoder
from messaging.dead_letters.writer import MAX_PROPERTIES_BYTES, DeadLetterWriter
from readings.errors import DeadLetterReason, InvalidReading
from tests.unit.fake_broker import FakeBroker, Message

pytestmark = pytest.mark.usefixtures("without_garbage_collection")

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
    pytest.param(entry(b"x", b"?", b""), id="unknown type"),
    pytest.param(nested(5_000), id="deeper than the recursion limit"),
    pytest.param(entry(b"x", b"S", b"\x00\x00\x00\x09short"), id="truncated text"),
    pytest.param(entry(b"x", b"S", b"\x00"), id="truncated length"),
    pytest.param(entry(b"x", b"l", b"\x00"), id="truncated number"),
    pytest.param(b"\x05x", id="truncated name"),
]
READABLE_VALUES = [
    pytest.param(b"T", struct.pack(">Q", 1_700_000_000_000), 1_700_000_000_000, id="time in milliseconds"),
    pytest.param(b"T", b"\xff" * 8, 2**64 - 1, id="time out of range"),
    pytest.param(b"T", struct.pack(">Q", 0), datetime(1970, 1, 1, tzinfo=UTC), id="time"),
    pytest.param(b"d", struct.pack(">d", float("inf")), float("inf"), id="infinity"),
    pytest.param(b"d", struct.pack(">d", 21.53), 21.53, id="double"),
    pytest.param(b"f", struct.pack(">f", 21.5), 21.5, id="float"),
    pytest.param(b"b", b"\xff", -1, id="8 bits"),
    pytest.param(b"B", b"\xff", 255, id="unsigned 8 bits"),
    pytest.param(b"s", b"\xff\xff", -1, id="16 bits"),
    pytest.param(b"u", b"\xff\xff", 65_535, id="unsigned 16 bits"),
    pytest.param(b"i", b"\xff\xff\xff\xff", 2**32 - 1, id="unsigned 32 bits"),
    pytest.param(b"l", struct.pack(">q", 5), 5, id="64 bits"),
    pytest.param(b"t", b"\x02", True, id="boolean that is neither 0 nor 1"),
    pytest.param(b"D", struct.pack(">Bi", 2, -150), Decimal("-1.50"), id="decimal with a zero at its end"),
    pytest.param(b"D", struct.pack(">Bi", 255, 1), Decimal("1E-255"), id="smallest decimal"),
    pytest.param(b"S", b"\x00\x00\x00\x01\xff", b"\xff", id="text that is not UTF-8"),
    pytest.param(b"x", b"\x00\x00\x00\x01a", b"a", id="bytes"),
    pytest.param(b"A", b"\x00\x00\x00\x03Vb\x07", [None, 7], id="array"),
    pytest.param(b"F", b"\x00\x00\x00\x03\x01\xffV", {"\\xff": None}, id="name that is not UTF-8"),
]


@pytest.mark.parametrize("table", UNREADABLE_TABLES)
@pytest.mark.parametrize("others", [OTHERS, {}, {"content_encoding": "gzip"}, {"user_id": "u"}])
def test_headers_that_pika_cannot_decode_are_kept_as_bytes_with_the_other_properties(
    table: bytes, others: dict[str, object]
) -> None:
    properties = LenientProperties().decode(encoded_properties(table, **others))

    assert properties.headers == {UNREADABLE: table}
    assert {name: value for name, value in vars(properties).items() if value and name != "headers"} == others
    assert b"".join(properties.encode()) == encoded_properties(table, **others)


@pytest.mark.parametrize(("kind", "value", "expected"), READABLE_VALUES)
def test_each_type_is_decoded_and_sent_again_unchanged(kind: bytes, value: bytes, expected: object) -> None:
    wire = encoded_properties(entry(b"x", kind, value) + entry(b"x", kind, value), **OTHERS)

    properties = LenientProperties().decode(wire)

    assert properties.headers == {"x": expected}
    assert type(properties.headers["x"]) in (type(expected), long)
    assert b"".join(properties.encode()) == wire, "with the name that occurs twice"


def test_a_header_that_is_not_a_number_is_decoded() -> None:
    wire = encoded_properties(entry(b"x", b"d", struct.pack(">d", float("nan"))))
    properties = LenientProperties().decode(wire)
    assert math.isnan(properties.headers["x"])
    assert b"".join(properties.encode()) == wire


def test_unchanged_headers_keep_their_bytes_next_to_changed_ones() -> None:
    kept, changed = entry(b"kept", b"b", b"\x07"), entry(b"changed", b"b", b"\x01")
    properties = LenientProperties().decode(encoded_properties(changed + kept, **OTHERS))

    copied: Any = copy.copy(properties)
    copied.headers = {**properties.headers, "changed": 2, "added": 1.5}

    expected = (
        kept + entry(b"changed", b"I", struct.pack(">i", 2)) + entry(b"added", b"d", struct.pack(">d", 1.5))
    )
    assert b"".join(copied.encode()) == encoded_properties(expected, **OTHERS)


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
    table = entry(b"at", b"T", b"\xff" * 8) + entry(b"bytes", b"S", b"\x00\x00\x00\x01\xff")
    properties = encoded_properties(table, **OTHERS)
    payload = struct.pack(">HHQ", pika.BasicProperties.INDEX, 0, 9) + properties
    wire = struct.pack(">BHL", spec.FRAME_HEADER, 1, len(payload)) + payload + bytes([spec.FRAME_END])
    with pytest.raises(OverflowError, match="out of range"):
        frame.decode_frame(wire)

    install_lenient_decoder()

    size, header = frame.decode_frame(wire)
    assert size == len(wire)
    assert header.properties.headers == {"at": 2**64 - 1, "bytes": b"\xff"}


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
