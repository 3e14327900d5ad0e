"""Encode a dead letter as JSON without loss, and decode it.

A body that is not UTF-8 is included twice: readable, and in base64. So are headers and properties of which
JSON does not preserve each byte, such as the width of an integer. Values of types that JSON lacks are objects
with one key: `$bytes`, `$time`, `$decimal`, `$float`, `$long` (a 64-bit integer) and `$table` (a table that
looks like one of these).
"""

import base64
import binascii
import json
import struct
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from pika.compat import long  # an int that is sent with 64 bits
from pika.exceptions import UnsupportedAMQPFieldException

from messaging.amqp.headers import LenientProperties
from messaging.dead_letters.dead_letter import DeadLetter
from runtime.text import escape_unprintable

Record = dict[str, Any]
TEXTS = (
    "content_type", "content_encoding", "correlation_id", "reply_to", "expiration", "message_id", "type",
    "user_id", "app_id", "cluster_id",
)  # fmt: skip
NUMBERS = {"delivery_mode": 0xFF, "priority": 0xFF, "timestamp": 2**64 - 1}
SHORT_BYTES = 255
MAX_SUMMARY_CHARACTERS = 300
ENCODERS: tuple[tuple[type, str, Callable[[Any], object]], ...] = (
    (bytes, "$bytes", lambda value: base64.b64encode(value).decode()),
    (datetime, "$time", lambda value: value.astimezone(UTC).isoformat()),
    (Decimal, "$decimal", str),
    (float, "$float", repr),
    (long, "$long", int),
)
DECODERS: dict[str, Callable[[Any], object]] = {
    "$bytes": lambda text: base64.b64decode(text, validate=True),
    "$time": datetime.fromisoformat,
    "$decimal": Decimal,
    "$float": float,
    "$long": long,
    "$table": lambda table: {name: _decoded(value) for name, value in table.items()},
}


def to_summary(message: DeadLetter) -> Record:
    """Return what the audit keeps of a message: printable text of limited length, and not its body."""
    return {
        "reason": _shorten(message.reason),
        "detail": _shorten(message.detail),
        "at": message.dead_at.isoformat() if message.dead_at else None,
        "replays": message.replays,
        "sensor_id": message.sensor_id and _shorten(message.sensor_id),
    }


def _shorten(text: str) -> str:
    return escape_unprintable(text[:MAX_SUMMARY_CHARACTERS])


def to_record(message: DeadLetter) -> Record:
    """Return the message as a record, with the most important fields first."""
    text = message.body.decode(errors="backslashreplace")
    record: Record = {
        "id": message.id,
        "reason": message.reason,
        "detail": message.detail,
        "at": message.dead_at.isoformat() if message.dead_at else None,
        "replays": message.replays,
        "sensor_id": message.sensor_id,
        "headers": {name: _encoded(value) for name, value in message.headers.items()},
        "properties": {name: _encoded(value) for name, value in message.plain_properties.items()},
        "body": text,
    }
    if text.encode() != message.body:
        record["body_base64"] = base64.b64encode(message.body).decode()
    properties = message.encoded_properties()
    if _encode_readable_properties(record) != properties:
        record["properties_base64"] = base64.b64encode(properties).decode()
    return record


def _encode_readable_properties(record: Record) -> bytes | None:
    """Return what the readable headers and properties would be on the wire; None if AMQP cannot hold them."""
    try:
        return b"".join(_readable_properties(record).encode())
    except Exception:  # noqa: BLE001 (struct.error and others: whatever pika cannot encode)
        return None


def to_line(message: DeadLetter) -> str:
    """Return the message as a line of JSON."""
    return json.dumps(to_record(message), allow_nan=False) + "\n"


def from_line(line: str | bytes) -> DeadLetter:
    """Parse an exported line.

    Raises:
        ValueError: When the line is not an exported dead letter; the message says why.
    """
    try:
        return _message(json.loads(line))
    except (ValueError, InvalidOperation, RecursionError) as error:
        raise ValueError(str(error) or "not an exported dead letter") from None
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"not an exported dead letter ({type(error).__name__}: {error})") from None


def _message(record: Record) -> DeadLetter:
    message = DeadLetter(_body(record), _properties(record))
    _check(message)
    return message


def _properties(record: Record) -> LenientProperties:
    if "properties_base64" not in record:
        return _readable_properties(record)
    encoded = _from_base64(record, "properties_base64")
    with suppress(struct.error, IndexError):
        properties = LenientProperties().decode(encoded)
        if b"".join(properties.encode()) == encoded:
            return properties
    raise ValueError("properties_base64 does not contain AMQP properties")


def _readable_properties(record: Record) -> LenientProperties:
    headers = {name: _decoded(value) for name, value in record["headers"].items()}
    properties = {name: _property(name, _decoded(value)) for name, value in record["properties"].items()}
    return LenientProperties(**properties, headers=headers or None)


def _body(record: Record) -> bytes:
    if "body_base64" not in record:
        body: bytes = record["body"].encode()
        return body
    return _from_base64(record, "body_base64")


def _from_base64(record: Record, name: str) -> bytes:
    try:
        return base64.b64decode(record[name], validate=True)
    except binascii.Error as error:
        raise ValueError(f"{name} is not base64: {error}") from None


def _property(name: str, value: Any) -> str | bytes | int:
    if name in TEXTS and isinstance(value, str | bytes):
        encoded = value.encode() if isinstance(value, str) else value
        if len(encoded) <= SHORT_BYTES:
            return value
    if name in NUMBERS and type(value) is int and 0 <= value <= NUMBERS[name]:
        return value
    raise ValueError(f"the property {name} is {value!r}, which AMQP does not allow")


def _check(message: DeadLetter) -> None:
    """Check that the message can be encoded for the broker.

    Raises:
        ValueError: When pika cannot encode a property or header.
    """
    try:
        message.properties.encode()
    except (UnsupportedAMQPFieldException, AssertionError, ArithmeticError, ValueError) as error:
        raise ValueError(f"a header cannot be sent: {error!r}") from None
    except Exception as error:  # noqa: BLE001 (struct.error and others: whatever pika cannot encode)
        raise ValueError(f"a header cannot be sent: {error}") from None


def _encoded(value: Any) -> Any:
    for kind, mark, encode in ENCODERS:
        if isinstance(value, kind):
            return {mark: encode(value)}
    match value:
        case list():
            return [_encoded(item) for item in value]
        case dict():
            table = {str(name): _encoded(item) for name, item in value.items()}
            return {"$table": table} if _is_marked(table) else table
    return value


def _decoded(value: Any) -> Any:
    match value:
        case list():
            return [_decoded(item) for item in value]
        case dict() if _is_marked(value):
            [(mark, held)] = value.items()
            return DECODERS[mark](held)
        case dict():
            return {name: _decoded(item) for name, item in value.items()}
    return value


def _is_marked(table: Record) -> bool:
    return len(table) == 1 and next(iter(table)) in DECODERS
