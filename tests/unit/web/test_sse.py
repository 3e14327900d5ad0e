"""A value and its changes as server-sent events."""

import asyncio
from dataclasses import dataclass, field

import pytest

from web import sse
from web.sse import json_event, stream_changes


@dataclass
class Source:
    """A value that changes to the next of `upcoming` after each event."""

    latest: str | None = None
    upcoming: list[str] = field(default_factory=list)
    closed: bool = False


def receive(source: Source, count: int) -> list[tuple[str | None, str | None]]:
    """Return the name and data of the first events."""

    async def collect() -> list[tuple[str | None, str | None]]:
        events: list[tuple[str | None, str | None]] = []
        stream = stream_changes(
            source,
            lambda value: json_event("state", value),
            lambda previous, value: json_event("change", [previous, value]),
        )
        async for event in stream:
            if event.event is not None:
                events.append((event.event, event.raw_data))
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
