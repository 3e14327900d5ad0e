"""A reading in the outbox."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from runtime.tracing import TraceHeaders


class OutboxEntry(NamedTuple):
    """A reading as it will be published. `trace` are the headers of its trace, if that is recorded."""

    sensor_id: str
    message_id: str
    body: bytes
    trace: TraceHeaders | None = None
    payload: Mapping[str, Any] | None = None
    """The decoded body, which the file does not store: None for an entry that was read from the file."""


@dataclass(slots=True, eq=False)
class PendingEntry:
    """An entry that is not confirmed yet, and its row in the file; 0 while it is in memory only."""

    entry: OutboxEntry
    row: int = 0
    dropped: bool = False
