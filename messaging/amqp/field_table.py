"""Decode and encode header tables without loss: AMQP 0-9-1, 4.2.5.5, with RabbitMQ's types.

pika rounds floating-point numbers, fails on a time beyond the year 9999, and widens integers when it sends
them again. Here, every entry keeps its bytes, so that a table that was received can be sent again unchanged.

https://www.rabbitmq.com/amqp-0-9-1-errata#section_3
"""

import math
import struct
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import pika
from pika.compat import long  # an int that is sent with 64 bits

from runtime.text import to_valid_text

# Deeper tables are kept as bytes: JSON and this module's functions would exceed Python's recursion limit.
MAX_DEPTH = 64
LENGTH = struct.Struct(">I")
DECIMAL = struct.Struct(">Bi")
DOUBLE = struct.Struct(">d")


class Entry(NamedTuple):
    """A header: its name and value, and both as they were received."""

    name: str
    value: Any
    encoded: bytes


def decode_table(table: bytes) -> list[Entry]:
    """Decode a table without its length.

    Raises:
        ValueError: When the table is malformed or too deep.
    """
    return _decode_entries(table, depth=0)


def encode_value(value: Any) -> bytes:
    """Encode a value with its type.

    Raises:
        ValueError: When the number is NaN or infinite. For what AMQP has no type for, pika raises errors of
            many types.
    """
    match value:
        case float() if not math.isfinite(value):
            raise ValueError(f"RabbitMQ closes the connection over the number {value}")
        case float():
            return b"d" + DOUBLE.pack(value)
        case list():
            return _with_length(b"A", b"".join(encode_value(item) for item in value))
        case dict():
            return _with_length(b"F", encode_table(value))
    pieces: list[bytes] = []
    pika.data.encode_value(pieces, value)
    return b"".join(pieces)


def encode_table(table: dict[str, Any]) -> bytes:
    """Encode a table without its length."""
    return b"".join(encode_name(name) + encode_value(value) for name, value in table.items())


def encode_name(name: str) -> bytes:
    """Encode the name of a header."""
    pieces: list[bytes] = []
    pika.data.encode_short_string(pieces, name)
    return b"".join(pieces)


def _with_length(kind: bytes, content: bytes) -> bytes:
    return kind + LENGTH.pack(len(content)) + content


def _decode_entries(table: bytes, depth: int) -> list[Entry]:
    entries, offset = [], 0
    while offset < len(table):
        start, offset = offset, offset + 1 + table[offset]
        name = to_valid_text(table[start + 1 : offset])
        value, offset = _decode_value(table, offset, depth)
        entries.append(Entry(name, value, table[start:offset]))
    return entries


def _decode_array(array: bytes, depth: int) -> list[Any]:
    values, offset = [], 0
    while offset < len(array):
        value, offset = _decode_value(array, offset, depth)
        values.append(value)
    return values


def _decode_value(data: bytes, offset: int, depth: int) -> tuple[Any, int]:
    """Return the value at the offset, and the offset behind it.

    Raises:
        ValueError: When the value is malformed or too deep.
    """
    kind = data[offset : offset + 1]
    offset += 1
    if kind in FIXED:
        layout, convert = FIXED[kind]
        end = offset + layout.size
        content = data[offset:end]
        if len(content) < layout.size:
            raise ValueError("the table is truncated")
        return convert(*layout.unpack(content)), end
    if kind not in VARIABLE:
        raise ValueError(f"the type {kind!r} is unknown")
    if depth == MAX_DEPTH:
        raise ValueError("the table is nested too deeply")
    if offset + LENGTH.size > len(data):
        raise ValueError("the table is truncated")
    start = offset + LENGTH.size
    end = start + LENGTH.unpack_from(data, offset)[0]
    if end > len(data):
        raise ValueError("the table is truncated")
    return VARIABLE[kind](data[start:end], depth + 1), end


def _to_time(seconds: int) -> datetime | int:
    """Return a time; a number of seconds beyond the year 9999, which other clients mean as milliseconds."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return seconds


def _to_text(encoded: bytes, _depth: int) -> str | bytes:
    try:
        return encoded.decode()
    except UnicodeDecodeError:
        return encoded


FIXED: dict[bytes, tuple[struct.Struct, Callable[..., Any]]] = {
    b"t": (struct.Struct(">B"), bool),
    b"b": (struct.Struct(">b"), int),
    b"B": (struct.Struct(">B"), int),
    b"s": (struct.Struct(">h"), int),
    b"U": (struct.Struct(">h"), int),
    b"u": (struct.Struct(">H"), int),
    b"I": (struct.Struct(">i"), int),
    b"i": (struct.Struct(">I"), int),
    b"L": (struct.Struct(">q"), long),
    b"l": (struct.Struct(">q"), long),
    b"f": (struct.Struct(">f"), float),
    b"d": (DOUBLE, float),
    b"D": (DECIMAL, lambda scale, digits: Decimal(digits).scaleb(-scale)),
    b"T": (struct.Struct(">Q"), _to_time),
    b"V": (struct.Struct(""), lambda: None),
}
VARIABLE: dict[bytes, Callable[[bytes, int], Any]] = {
    b"S": _to_text,
    b"x": lambda encoded, _depth: encoded,
    b"A": _decode_array,
    b"F": lambda encoded, depth: {entry.name: entry.value for entry in _decode_entries(encoded, depth)},
}
