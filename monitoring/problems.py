"""The kinds of problems: one table for `sensorctl status`, the alerter and the Prometheus alerts."""

from enum import StrEnum


class Severity(StrEnum):
    """How urgent a problem is. `CRITICAL`: readings are not stored, or a service does not work."""

    CRITICAL = "critical"
    WARNING = "warning"


class ProblemKind(StrEnum):
    """What can be wrong. The alert of a problem has the same name in CamelCase."""

    BROKER_DOWN = "broker-down"
    DATABASE_DOWN = "database-down"
    SERVICE_DOWN = "service-down"
    SERVICE_STALLED = "service-stalled"
    SERVICE_NOT_READY = "service-not-ready"
    NO_CONSUMERS = "no-consumers"
    BACKLOG = "backlog"
    DEAD_LETTERS = "dead-letters"
    SENSOR_OFFLINE = "sensor-offline"

    @property
    def severity(self) -> Severity:
        """How urgent a problem of this kind is."""
        return Severity.CRITICAL if self in CRITICAL else Severity.WARNING

    @property
    def alert_name(self) -> str:
        """The name of its alert, such as `BrokerDown`."""
        return "".join(word.capitalize() for word in self.split("-"))


CRITICAL = frozenset(
    {
        ProblemKind.BROKER_DOWN,
        ProblemKind.DATABASE_DOWN,
        ProblemKind.SERVICE_DOWN,
        ProblemKind.SERVICE_STALLED,
        ProblemKind.NO_CONSUMERS,
    }
)
