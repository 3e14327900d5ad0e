"""Receive the properties of every message, and send them again unchanged.

Any client may write any header. A timestamp in milliseconds is beyond the year 9999, and tables can be nested
deeper than Python's recursion limit. The broker accepts both; pika closes the connection over them, again on
each redelivery.
"""

import struct
from typing import Any

import pika
from pika import spec

from messaging.amqp.field_table import Entry, decode_table, encode_name, encode_value

UNREADABLE = "x-unreadable-headers"
# https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf, 4.2.6.1: flags, then the properties in their order.
FLAGS = struct.Struct(">H")
TABLE_LENGTH = struct.Struct(">I")


class LenientProperties(pika.BasicProperties):  # type: ignore[misc]  # pika ships no types
    """Properties whose headers can always be decoded, and keep their bytes where they are not changed.

    A header table that cannot be decoded is kept as bytes, in the header `x-unreadable-headers`.
    """

    # Outside `vars`, which has the properties only.
    __slots__ = ("_received",)

    def __init__(self, *arguments: Any, **properties: Any) -> None:
        super().__init__(*arguments, **properties)
        self._received: list[Entry] = []

    def decode(self, encoded: bytes, offset: int = 0) -> "LenientProperties":
        """Decode as pika does, without failing on the header table."""
        (flags,) = FLAGS.unpack_from(encoded, offset)
        if not flags & self.FLAG_HEADERS:
            super().decode(encoded, offset)
            return self
        start, table_start, table_end = _find_headers(encoded, offset, flags)
        others = FLAGS.pack(flags & ~self.FLAG_HEADERS) + encoded[offset + FLAGS.size : start]
        super().decode(others + encoded[table_end:])
        self._received = _decode_leniently(encoded[table_start:table_end])
        headers = {entry.name: entry.value for entry in self._received}
        self.headers = headers  # type: ignore[misc]  # mypy does not see that pika's class has a `__dict__`
        return self

    def encode(self) -> list[bytes]:
        """Encode as pika does, with the headers that were received and are unchanged byte for byte."""
        if self.headers is None:
            return list(super().encode())
        others = pika.BasicProperties(**(vars(self) | {"headers": None}))
        encoded = b"".join(others.encode())
        (flags,) = FLAGS.unpack_from(encoded)
        start, _, _ = _find_headers(encoded, 0, flags, has_headers=False)
        table = self._encode_headers()
        return [
            FLAGS.pack(flags | self.FLAG_HEADERS),
            encoded[FLAGS.size : start],
            TABLE_LENGTH.pack(len(table)),
            table,
            encoded[start:],
        ]

    @property
    def _is_unreadable(self) -> bool:
        return bool(self._received) and self._received[0].encoded is self._received[0].value

    def _encode_headers(self) -> bytes:
        # A name may occur more than once: then its last value counts.
        last = {entry.name: entry.value for entry in self._received}
        names = {name for name, value in last.items() if self.headers.get(name, self) is value}
        if self._is_unreadable and len(self.headers) > 1:
            names = set()  # with another header, the table has to become readable
        received = [entry for entry in self._received if entry.name in names]
        added = [(name, value) for name, value in self.headers.items() if name not in names]
        return b"".join(
            [
                *(entry.encoded for entry in received),
                *(encode_name(name) + encode_value(value) for name, value in added),
            ]
        )


def install_lenient_decoder() -> None:
    """Make pika decode the properties of every message in this process with LenientProperties.

    pika offers no hook per connection: it looks the class up in this table.
    """
    spec.props[pika.BasicProperties.INDEX] = LenientProperties


def _decode_leniently(table: bytes) -> list[Entry]:
    try:
        return decode_table(table)
    except (ValueError, IndexError):
        return [Entry(UNREADABLE, table, table)]


def _find_headers(
    encoded: bytes, offset: int, flags: int, *, has_headers: bool = True
) -> tuple[int, int, int]:
    """Return where the header table is or would be: its length, its content and its end.

    Only two short strings can precede it.
    """
    start = offset + FLAGS.size
    for text in (spec.BasicProperties.FLAG_CONTENT_TYPE, spec.BasicProperties.FLAG_CONTENT_ENCODING):
        if flags & text:
            start += 1 + encoded[start]
    if not has_headers:
        return start, start, start
    table = start + TABLE_LENGTH.size
    return start, table, table + TABLE_LENGTH.unpack_from(encoded, start)[0]
