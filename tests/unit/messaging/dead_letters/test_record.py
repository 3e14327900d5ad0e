"""Whatever a broker can hold is shown, exported and imported byte for byte."""

import json
import struct
from functools import partial

import pika
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.dead_letters import to_item
from messaging.amqp.headers import LenientProperties
from messaging.dead_letters.dead_letter import DeadLetter
from messaging.dead_letters.record import from_line, to_line
from messaging.dead_letters.writer import sanitize_properties
from sensorctl.dead_letters.views import body_excerpt, dead_letters_table, format_dead_letter

Strategy = st.SearchStrategy[bytes]
LENGTH = struct.Struct(">I")
SHORT_STRING_FLAGS = [
    getattr(pika.BasicProperties, f"FLAG_{name}")
    for name in (
        "CONTENT_TYPE", "CONTENT_ENCODING", "CORRELATION_ID", "REPLY_TO", "EXPIRATION", "MESSAGE_ID", "TYPE",
        "USER_ID", "APP_ID", "CLUSTER_ID",
    )
]  # fmt: skip
NUMBERS = {"DELIVERY_MODE": 1, "PRIORITY": 1, "TIMESTAMP": 8}


def short_string(content: bytes) -> bytes:
    return bytes([len(content)]) + content


def long_string(kind: bytes, content: bytes) -> bytes:
    return kind + LENGTH.pack(len(content)) + content


def fixed(kind: bytes, size: int) -> Strategy:
    return st.binary(min_size=size, max_size=size).map(lambda content: kind + content)


def entries(values: Strategy) -> Strategy:
    names = st.one_of(
        st.binary(max_size=20),
        st.text(max_size=5).map(str.encode),
        st.sampled_from([b"x-dead-reason", b"x-dead-detail", b"x-dead-at", b"x-replays", b"x-death", b"x"]),
    )
    entry = st.tuples(names.map(short_string), values).map(b"".join)
    return st.lists(entry, max_size=5).map(b"".join)


SCALARS = st.one_of(
    *(fixed(kind, 1) for kind in (b"t", b"b", b"B")),
    *(fixed(kind, 2) for kind in (b"s", b"U", b"u")),
    *(fixed(kind, 4) for kind in (b"I", b"i", b"f")),
    *(fixed(kind, 8) for kind in (b"L", b"l", b"d", b"T")),
    fixed(b"D", 5),
    st.just(b"V"),
    *(st.binary(max_size=30).map(partial(long_string, kind)) for kind in (b"S", b"x")),
    st.text(max_size=10).map(str.encode).map(partial(long_string, b"S")),
)
VALUES = st.recursive(
    SCALARS,
    lambda values: st.one_of(
        st.lists(values, max_size=4).map(b"".join).map(partial(long_string, b"A")),
        entries(values).map(partial(long_string, b"F")),
    ),
    max_leaves=8,
)


@st.composite
def wire_properties(draw: st.DrawFn) -> bytes:
    """Draw basic properties as they are on the wire: every subset, every type, any bytes."""
    flags, pieces = 0, []
    for shift in range(15, 1, -1):
        flag = 1 << shift
        if not draw(st.booleans()):
            continue
        flags |= flag
        if flag in SHORT_STRING_FLAGS:
            pieces.append(short_string(draw(st.binary(max_size=255))))
        elif flag == pika.BasicProperties.FLAG_HEADERS:
            table = draw(entries(VALUES))
            pieces.append(LENGTH.pack(len(table)) + table)
        else:
            (size,) = {
                size
                for name, size in NUMBERS.items()
                if flag == getattr(pika.BasicProperties, f"FLAG_{name}")
            }
            pieces.append(draw(st.binary(min_size=size, max_size=size)))
    return struct.pack(">H", flags) + b"".join(pieces)


BODIES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [
            b'{"sensor_id": "\\ud800"}',
            b'{"id": "\\udfff\\ud800", "sequence": 1, "run_id": "\\ud800"}',
            b"\xed\xa0\x80",
            b'{"sensor_id": "1"}',
        ]
    ),
)
LONE_SURROGATE = b'{"sensor_id": "\\ud800"}'
NOT_UTF_8 = struct.pack(">H", pika.BasicProperties.FLAG_CONTENT_TYPE | pika.BasicProperties.FLAG_MESSAGE_ID)
NOT_UTF_8 += short_string(b"\xff") + short_string(b"\xc3")


@given(BODIES, wire_properties())
@example(LONE_SURROGATE, NOT_UTF_8)
def test_whatever_a_broker_holds_is_exported_and_imported_byte_for_byte(body: bytes, wire: bytes) -> None:
    letter = DeadLetter(body, LenientProperties().decode(wire))
    assert b"".join(letter.properties.encode()) == wire

    line = to_line(letter)
    imported = from_line(line.encode().decode())

    assert line.count("\n") == 1
    assert imported.body == body
    assert imported.encoded_properties() == letter.encoded_properties()
    assert imported.id == letter.id


@given(BODIES, wire_properties())
@example(LONE_SURROGATE, NOT_UTF_8)
def test_whatever_a_broker_holds_is_shown(body: bytes, wire: bytes) -> None:
    letter = DeadLetter(body, LenientProperties().decode(wire))

    json.loads(to_item(letter).model_dump_json())
    assert format_dead_letter(letter).encode()
    assert bool(body_excerpt(body).encode()) == bool(body)
    assert dead_letters_table([letter], "").row_count == 1
    assert letter.origin is None or letter.sensor_id


@given(BODIES, wire_properties())
@example(LONE_SURROGATE, NOT_UTF_8)
def test_whatever_a_broker_holds_can_be_replayed(body: bytes, wire: bytes) -> None:
    letter = DeadLetter(body, LenientProperties().decode(wire))

    replayed = sanitize_properties(letter.properties, letter.replay_headers())

    assert LenientProperties().decode(b"".join(replayed.encode())).headers["x-replays"] == letter.replays + 1
