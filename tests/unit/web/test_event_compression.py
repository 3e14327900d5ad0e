"""Compressed event streams: each event is there as soon as it is received, and the whole is a gzip file."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator

import pytest

from web.event_compression import accepts_gzip, compress_events

EVENTS = [b"event: clock\n\n", bytes(range(256)) * 5000, b"event: heartbeat\n\n", b"event: heartbeat\n\n"]


async def collect() -> list[bytes]:
    async def events() -> AsyncIterator[bytes]:
        for event in EVENTS:
            yield event

    return [part async for part in compress_events(events())]


def test_each_event_is_decompressed_when_it_is_received() -> None:
    header, *parts, end = asyncio.run(collect())

    decompressor = zlib.decompressobj(16 + zlib.MAX_WBITS)
    assert decompressor.decompress(header) == b""
    assert [decompressor.decompress(part) for part in parts] == EVENTS
    assert (decompressor.decompress(end), decompressor.eof, decompressor.unused_data) == (b"", True, b"")
    assert len(parts[1]) < len(EVENTS[1]) / 50


def test_a_stream_that_ended_is_a_gzip_file() -> None:
    assert gzip.decompress(b"".join(asyncio.run(collect()))) == b"".join(EVENTS)


@pytest.mark.parametrize(
    ("accept_encoding", "accepts"),
    [
        ("gzip, deflate, br, zstd", True),
        ("br;q=1.0, GZIP ; q=0.5", True),
        ("x-gzip", True),
        ("gzip;q=1", True),
        ("gzip;q=0, identity", False),
        ("gzip; q=0.000", False),
        ("identity", False),
        ("*", False),
        ("gzipped", False),
        ("", False),
    ],
)
def test_only_a_client_that_accepts_gzip_gets_it(accept_encoding: str, accepts: bool) -> None:
    assert accepts_gzip(accept_encoding) is accepts
