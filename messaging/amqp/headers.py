"""Message headers that pika cannot read.

A header is a stranger's: a time in milliseconds lies beyond the year 9999, and tables may be nested
deeper than Python calls. The broker takes both, and pika ends the connection over them, again with each
redelivery.
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


class TolerantProperties(pika.BasicProperties):  # type: ignore[misc]  # pika ships no types
    """Keeps a header table that cannot be read as bytes, under one name."""

    def decode(self, encoded: bytes, offset: int = 0) -> "TolerantProperties":
        """As pika does it, but it never fails."""
        try:
            super().decode(encoded, offset)
        except READ_ERRORS:
            rest, table = _without_headers(encoded[offset:])
            super().decode(rest)
            self.headers = {UNREADABLE: table}
        return self


def tolerate() -> None:
    """Let pika use it for every message of this process."""
    spec.props[pika.BasicProperties.INDEX] = TolerantProperties


def _without_headers(encoded: bytes) -> tuple[bytes, bytes]:
    """The other properties, and the header table; only two short strings come before it."""
    (flags,) = FLAGS.unpack_from(encoded)
    start = FLAGS.size
    for text in (spec.BasicProperties.FLAG_CONTENT_TYPE, spec.BasicProperties.FLAG_CONTENT_ENCODING):
        if flags & text:
            start += 1 + encoded[start]
    (length,) = TABLE_LENGTH.unpack_from(encoded, start)
    table = start + TABLE_LENGTH.size
    others = FLAGS.pack(flags & ~spec.BasicProperties.FLAG_HEADERS)
    return others + encoded[FLAGS.size : start] + encoded[table + length :], encoded[table : table + length]
