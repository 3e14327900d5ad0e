"""A value and its changes as server-sent events.

https://html.spec.whatwg.org/multipage/server-sent-events.html

FastAPI's own event streams hold several copies of each event per client. Here clients share the encoded
events, and what one does not read waits in pieces, so that a client takes the same memory for events of any
size.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus
from typing import Any, Protocol, TypeVar

from starlette.requests import Request
from starlette.responses import StreamingResponse

from runtime.json_values import dump_json
from web.event_compression import accepts_gzip, compress_events

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")

# An update is at most this late. Waking each client instead would save nothing measurable.
POLL_INTERVAL_SECONDS = 0.1
# A client treats the connection as lost when it receives nothing for longer than this. An event rather than a
# comment, because EventSource hides comments from the page.
HEARTBEAT_INTERVAL_SECONDS = 5.0
HEARTBEAT = b"event: heartbeat\ndata: \n\n"
RECONNECT = b"retry: 1000\n\n"
# The server waits for the client after each piece, once more than this is unread.
PIECE_BYTES = 32 * 1024


class EventStream(StreamingResponse):
    """A response of server-sent events, compressed if the client of the request accepts that."""

    media_type = "text/event-stream"

    def __init__(
        self, events: AsyncIterator[bytes], request: Request, status_code: int = HTTPStatus.OK
    ) -> None:
        # FastAPI documents the default of `status_code`. nginx would hold the events back.
        headers = {"X-Accel-Buffering": "no", "Vary": "Accept-Encoding"}
        if accepts_gzip(",".join(request.headers.getlist("Accept-Encoding"))):
            events = compress_events(events)
            headers["Content-Encoding"] = "gzip"
        super().__init__(split(events), status_code, headers)


class LatestValue(Protocol[T_co]):
    """A value that another thread replaces until it is closed."""

    @property
    def latest(self) -> T_co | None:
        """The newest value, None before the first."""

    @property
    def closed(self) -> bool:
        """Whether no newer value will come."""


def json_event(name: str, data: Any) -> bytes:
    """Encode an event whose data is compact JSON; null stands for NaN and infinity."""
    return f"event: {name}\ndata: {dump_json(data, separators=(',', ':'))}\n\n".encode()


async def split(events: AsyncIterator[bytes]) -> AsyncIterator[memoryview]:
    """Yield the events in pieces, without copying them."""
    async for event in events:
        view = memoryview(event)
        for start in range(0, len(view), PIECE_BYTES):
            yield view[start : start + PIECE_BYTES]


async def stream_changes(
    source: LatestValue[T],
    initial_event: Callable[[T], bytes],
    change_event: Callable[[T, T], bytes],
) -> AsyncIterator[bytes]:
    """Yield the whole value, then what changes, until the source is closed.

    A client that reads slowly skips values but never misses a change: each event describes the difference
    from the value that this client received last.
    """
    yield RECONNECT
    seen: T | None = None
    sent_at = time.monotonic()
    while not source.closed:
        value = source.latest
        if value is not None and value is not seen:
            yield initial_event(value) if seen is None else change_event(seen, value)
            seen, sent_at = value, time.monotonic()
        elif time.monotonic() - sent_at > HEARTBEAT_INTERVAL_SECONDS:
            yield HEARTBEAT
            sent_at = time.monotonic()
        await asyncio.sleep(POLL_INTERVAL_SECONDS)
