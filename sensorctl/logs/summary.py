"""What many lines of logs say in sum; the memory it takes does not grow with them."""

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from sensorctl.logs.lines import LogEvent

MOST_SLOW = 10
MOST_KINDS = 1_000  # of events, which only a stranger's library could exceed
OTHERS = "(others)"
# The event with which a process of each service begins. The supervisor tells of others with the same word.
STARTS = frozenset({"started", "measuring"})
OF_ANOTHER = "program"
# Where an event says why, the best first.
REASONS = ("reason", "detail", "message")
BAD = ("warning", "error", "critical")


@dataclass
class OfService:
    """One service's share."""

    first: datetime
    last: datetime
    events: int = 0
    starts: int = 0
    warnings: int = 0
    errors: int = 0


@dataclass
class Trouble:
    """A kind of warning or error, and what its last one said."""

    level: str
    times: int = 0
    last: datetime | None = None
    reason: str = ""


@dataclass
class LogSummary:
    """Counts events as they come."""

    services: dict[str, OfService] = field(default_factory=dict)
    events: Counter[tuple[str, str]] = field(default_factory=Counter)
    troubles: dict[tuple[str, str], Trouble] = field(default_factory=dict)
    _slow: list[tuple[float, int, LogEvent]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    def add(self, event: LogEvent) -> None:
        """Count one."""
        of = self.services.setdefault(event.service, OfService(event.at, event.at))
        of.first, of.last = min(of.first, event.at), max(of.last, event.at)
        of.events += 1
        of.starts += event.event in STARTS and OF_ANOTHER not in event.details
        of.warnings += event.level == "warning"
        of.errors += event.level in ("error", "critical")
        kind = (event.service, event.event)
        if kind not in self.events and len(self.events) >= MOST_KINDS:
            kind = (event.service, OTHERS)
        self.events[kind] += 1
        if event.level in BAD:
            self._note(kind, event)
        self._time(event)

    @property
    def slowest(self) -> list[LogEvent]:
        """The stores that took longest, the longest first."""
        return [event for _, _, event in sorted(self._slow, reverse=True)]

    def _note(self, kind: tuple[str, str], event: LogEvent) -> None:
        trouble = self.troubles.setdefault(kind, Trouble(event.level))
        trouble.times += 1
        trouble.last, trouble.level = event.at, event.level
        said = (event.details[name] for name in REASONS if name in event.details)
        trouble.reason = str(next(said, ""))

    def _time(self, event: LogEvent) -> None:
        took = store_ms(event)
        if took is not None:
            # The number keeps two events of the same duration from being compared.
            keep = heapq.heappush if len(self._slow) < MOST_SLOW else heapq.heappushpop
            keep(self._slow, (took, next(self._numbers), event))


def store_ms(event: LogEvent) -> float | None:
    """How long the database took for it; of many that are told together, for the longest."""
    took = event.details.get("store_ms", event.details.get("max_store_ms"))
    return took if isinstance(took, int | float) else None
