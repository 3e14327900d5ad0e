"""Server-sent events: the whole state for a client who comes, then what changes."""

import asyncio
import json
import time
from collections.abc import AsyncIterator

from dashboard.snapshots import Plain, Snapshot, SnapshotStore, change, state

# How late an update is at most. A wait for each client would save nothing worth its machinery.
POLL_SECONDS = 0.1
# A look may take long. The page hears at least this often, or takes the connection for lost.
SILENCE_SECONDS = 5.0
RETRY_MILLISECONDS = 1000


async def events(board: SnapshotStore) -> AsyncIterator[bytes]:
    """What a client is told, until it leaves or the board is closed.

    One that reads slowly misses frames, but never a change: each is told against what it has seen.
    """
    yield f"retry: {RETRY_MILLISECONDS}\n\n".encode()
    seen: Snapshot | None = None
    spoke = time.monotonic()
    while not board.closed:
        frame = board.frame
        if frame is not None and frame is not seen:
            yield _event("state", state(frame)) if seen is None else _event("change", change(seen, frame))
            seen, spoke = frame, time.monotonic()
        elif time.monotonic() - spoke > SILENCE_SECONDS:
            yield b"event: still\ndata:\n\n"
            spoke = time.monotonic()
        await asyncio.sleep(POLL_SECONDS)


def _event(name: str, data: Plain) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n".encode()
