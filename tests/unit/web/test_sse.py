"""A value and its changes as server-sent events."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from web import sse
from web.sse import json_event, split, stream_changes


@dataclass
class Source:
    """A value that changes to the next of `upcoming` after each event."""

    latest: str | None = None
    upcoming: list[str] = field(default_factory=list)
    closed: bool = False


def receive(source: Source, count: int) -> list[tuple[str, str]]:
    """Return the name and data of the first events."""

    async def collect() -> list[tuple[str, str]]:
        events: list[tuple[str, str]] = []
        stream = stream_changes(
            source,
            lambda value: json_event("state", value),
            lambda previous, value: json_event("change", [previous, value]),
        )
        async for event in stream:
            if event != sse.RECONNECT:
                name, data = event.decode().removesuffix("\n\n").split("\n")
                events.append((name.removeprefix("event: "), data.removeprefix("data: ")))
                if source.upcoming:
                    source.latest = source.upcoming.pop(0)
            if len(events) == count:
                source.closed = True
        return events

    return asyncio.run(asyncio.wait_for(collect(), 10))


def test_the_stream_begins_with_the_state_and_continues_with_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sse, "POLL_INTERVAL_SECONDS", 0.001)
    events = receive(Source("a", upcoming=["b", "c"]), 3)
    assert events == [("state", '"a"'), ("change", '["a","b"]'), ("change", '["b","c"]')]


def test_a_stream_without_changes_sends_heartbeats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "POLL_INTERVAL_SECONDS", 0.001)
    monkeypatch.setattr(sse, "HEARTBEAT_INTERVAL_SECONDS", 0.01)
    assert receive(Source(), 2) == [("heartbeat", ""), ("heartbeat", "")]


def test_the_stream_ends_when_its_source_is_closed() -> None:
    assert receive(Source("a", closed=True), 1) == []


def test_a_large_event_is_sent_in_pieces() -> None:
    async def collect() -> list[bytes]:
        async def events() -> AsyncIterator[bytes]:
            yield b"small"
            yield large

        return [bytes(piece) async for piece in split(events())]

    large = bytes(range(256)) * 1000
    small, *pieces = asyncio.run(collect())
    assert (small, b"".join(pieces)) == (b"small", large)
    assert max(map(len, pieces)) == sse.PIECE_BYTES
