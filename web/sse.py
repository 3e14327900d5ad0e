"""A value and its changes as server-sent events.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any, Protocol, TypeVar

from fastapi.sse import ServerSentEvent

from runtime.json_values import dump_json

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")

# An update is at most this late. Waking each client instead would save nothing measurable.
POLL_INTERVAL_SECONDS = 0.1
# A client treats the connection as lost when it receives nothing for longer than this. An event rather than a
# comment, because EventSource hides comments from the page.
HEARTBEAT_INTERVAL_SECONDS = 5.0
HEARTBEAT = ServerSentEvent(event="heartbeat", raw_data="")
RECONNECT_MILLISECONDS = 1000


class LatestValue(Protocol[T_co]):
    """A value that another thread replaces until it is closed."""

    @property
    def latest(self) -> T_co | None:
        """The newest value, None before the first."""

    @property
    def closed(self) -> bool:
        """Whether no newer value will come."""


def json_event(name: str, data: Any) -> ServerSentEvent:
    """Create an event whose data is compact JSON; null stands for NaN and infinity."""
    return ServerSentEvent(event=name, raw_data=dump_json(data, separators=(",", ":")))


async def stream_changes(
    source: LatestValue[T],
    initial_event: Callable[[T], ServerSentEvent],
    change_event: Callable[[T, T], ServerSentEvent],
) -> AsyncIterator[ServerSentEvent]:
    """Yield the whole value, then what changes, until the source is closed.

    A client that reads slowly skips values but never misses a change: each event describes the difference
    from the value that this client received last.
    """
    yield ServerSentEvent(retry=RECONNECT_MILLISECONDS)
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
