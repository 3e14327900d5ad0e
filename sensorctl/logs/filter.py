"""Select log events by service, level, event, sensor and time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase

from sensorctl.logs.parser import LogEvent


class Level(StrEnum):
    """The selectable levels, in ascending order."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


RANKS = {name: rank for rank, name in enumerate((*Level, "critical"))}


@dataclass(frozen=True)
class LogFilter:
    """A predicate of log events: all criteria must match; one of several values is enough."""

    services: Collection[str] = ()
    level: Level = Level.DEBUG
    events: Collection[str] = ()
    sensors: Collection[str] = ()
    since: datetime | None = None
    until: datetime | None = None

    def __call__(self, event: LogEvent) -> bool:
        """Return whether the event matches; an unknown level always does."""
        return (
            RANKS.get(event.level, len(RANKS)) >= RANKS[self.level]
            and self.matches_service(event.service)
            and (not self.events or any(fnmatchcase(event.event, pattern) for pattern in self.events))
            and (not self.sensors or str(event.details.get("sensor")) in self.sensors)
            and (self.since is None or event.timestamp >= self.since)
            and (self.until is None or event.timestamp < self.until)
        )

    def matches_service(self, name: str) -> bool:
        """Return whether the service is selected, by its name or by the part before its number."""
        return not self.services or any(
            fnmatchcase(name, pattern) or name.startswith(f"{pattern}-") for pattern in self.services
        )
