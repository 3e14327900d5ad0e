"""Which events of the logs an operator means."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase

from sensorctl.logs.lines import LogEvent


class Level(StrEnum):
    """The levels, the least first."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


RANKS = {name: rank for rank, name in enumerate((*Level, "critical"))}


@dataclass(frozen=True)
class LogFilter:
    """Calls an event chosen when it meets every condition that is set; of several values any will do."""

    services: Collection[str] = ()
    level: Level = Level.DEBUG
    events: Collection[str] = ()
    sensors: Collection[str] = ()
    since: datetime | None = None
    until: datetime | None = None

    def __call__(self, event: LogEvent) -> bool:
        """Whether the event is meant. One of a level that nobody knows is."""
        return (
            RANKS.get(event.level, len(RANKS)) >= RANKS[self.level]
            and self.of_service(event.service)
            and (not self.events or any(fnmatchcase(event.event, name) for name in self.events))
            and (not self.sensors or str(event.details.get("sensor")) in self.sensors)
            and (self.since is None or event.at >= self.since)
            and (self.until is None or event.at < self.until)
        )

    def of_service(self, name: str) -> bool:
        """Whether this service is meant: by its name, or by the part of it before a number."""
        return not self.services or any(
            fnmatchcase(name, wanted) or name.startswith(f"{wanted}-") for wanted in self.services
        )
