"""Summarise log events in constant memory."""

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from sensorctl.logs.parser import LogEvent

MAX_SLOW_STORES = 10
# Counted separately; only the messages of a library can be more numerous.
MAX_EVENT_KINDS = 1_000
OTHER_EVENTS = "(others)"
# The first event of a process of each service. The supervisor logs the same word about another program.
START_EVENTS = frozenset({"started", "measuring"})
SUPERVISED_FIELD = "program"
# Fields that contain the reason of an event, the preferred one first.
REASON_FIELDS = ("reason", "detail", "message")
ISSUE_LEVELS = ("warning", "error", "critical")


@dataclass
class ServiceSummary:
    """Counts of one service."""

    first: datetime
    last: datetime
    events: int = 0
    starts: int = 0
    warnings: int = 0
    errors: int = 0


@dataclass
class Issue:
    """A kind of warning or error, with time and reason of its last occurrence."""

    level: str
    count: int = 0
    last: datetime | None = None
    reason: str = ""


@dataclass
class LogSummary:
    """Counts events by service and kind, and keeps the slowest stores."""

    services: dict[str, ServiceSummary] = field(default_factory=dict)
    events: Counter[tuple[str, str]] = field(default_factory=Counter)
    issues: dict[tuple[str, str], Issue] = field(default_factory=dict)
    _slow_stores: list[tuple[float, int, LogEvent]] = field(default_factory=list)
    _serial_numbers: Iterator[int] = field(default_factory=count)

    def add(self, event: LogEvent) -> None:
        """Count an event."""
        service = self.services.setdefault(event.service, ServiceSummary(event.timestamp, event.timestamp))
        service.first, service.last = min(service.first, event.timestamp), max(service.last, event.timestamp)
        service.events += 1
        service.starts += event.event in START_EVENTS and SUPERVISED_FIELD not in event.details
        service.warnings += event.level == "warning"
        service.errors += event.level in ("error", "critical")
        kind = (event.service, event.event)
        if kind not in self.events and len(self.events) >= MAX_EVENT_KINDS:
            kind = (event.service, OTHER_EVENTS)
        self.events[kind] += 1
        if event.level in ISSUE_LEVELS:
            self._add_issue(kind, event)
        self._add_store(event)

    @property
    def slowest_stores(self) -> list[LogEvent]:
        """Return the slowest stores, the slowest first."""
        return [event for _, _, event in sorted(self._slow_stores, reverse=True)]

    def _add_issue(self, kind: tuple[str, str], event: LogEvent) -> None:
        issue = self.issues.setdefault(kind, Issue(event.level))
        issue.count += 1
        issue.last, issue.level = event.timestamp, event.level
        reasons = (event.details[name] for name in REASON_FIELDS if name in event.details)
        issue.reason = str(next(reasons, ""))

    def _add_store(self, event: LogEvent) -> None:
        duration = store_duration_ms(event)
        if duration is not None:
            # The serial number keeps heapq from comparing two events of the same duration.
            push = heapq.heappush if len(self._slow_stores) < MAX_SLOW_STORES else heapq.heappushpop
            push(self._slow_stores, (duration, next(self._serial_numbers), event))


def store_duration_ms(event: LogEvent) -> float | None:
    """Return the duration of the store, or the longest one of an aggregated event."""
    duration = event.details.get("store_ms", event.details.get("max_store_ms"))
    return duration if isinstance(duration, int | float) else None
