"""How urgent an alert is, for problems of the system and for temperatures."""

from enum import StrEnum


class Severity(StrEnum):
    """How urgent a problem is."""

    CRITICAL = "critical"  # readings are not stored, a service does not work, or goods are at risk
    WARNING = "warning"
