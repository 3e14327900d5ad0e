"""Decode message headers that pika cannot.

Any client may write a header. A timestamp in milliseconds is beyond the year 9999, and tables can be nested
deeper than Python's recursion limit. The broker accepts both; pika closes the connection over them, again on
each redelivery.
"""

import struct

import pika
from pika import spec
from pika.exceptions import AMQPError

UNREADABLE = "x-unreadable-headers"
READ_ERRORS = (ValueError, OverflowError, OSError, RecursionError, struct.error, AMQPError)
# https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf, 4.2.6.1: flags, then the properties in their order.
FLAGS = struct.Struct(">H")
TABLE_LENGTH = struct.Struct(">I")


class LenientProperties(pika.BasicProperties):  # type: ignore[misc]  # pika ships no types
    """Keep a header table that cannot be decoded as bytes, in the header `x-unreadable-headers`."""

    def decode(self, encoded: bytes, offset: int = 0) -> "LenientProperties":
        """Decode as pika does, without failing on the header table."""
        try:
            super().decode(encoded, offset)
        except READ_ERRORS:
            rest, table = _without_headers(encoded[offset:])
            super().decode(rest)
            self.headers = {UNREADABLE: table}
        return self


def install_lenient_decoder() -> None:
    """Make pika decode the properties of every message in this process with LenientProperties.

    pika offers no hook per connection: it looks the class up in this table.
    """
    spec.props[pika.BasicProperties.INDEX] = LenientProperties


def _without_headers(encoded: bytes) -> tuple[bytes, bytes]:
    """Return the other properties and the header table; only two short strings can precede the table."""
    (flags,) = FLAGS.unpack_from(encoded)
    start = FLAGS.size
    for text in (spec.BasicProperties.FLAG_CONTENT_TYPE, spec.BasicProperties.FLAG_CONTENT_ENCODING):
        if flags & text:
            start += 1 + encoded[start]
    (length,) = TABLE_LENGTH.unpack_from(encoded, start)
    table = start + TABLE_LENGTH.size
    others = FLAGS.pack(flags & ~spec.BasicProperties.FLAG_HEADERS)
    return others + encoded[FLAGS.size : start] + encoded[table + length :], encoded[table : table + length]
