"""How urgent an alert is, for problems of the system and for temperatures."""

from enum import StrEnum
from typing import Literal


class Severity(StrEnum):
    """How urgent a problem is."""

    CRITICAL = "critical"  # readings are not stored, a service does not work, or goods are at risk
    WARNING = "warning"
    INFO = "info"  # an anomaly: a person may want to look at it


# What a limit can have: the operator set it to act on it.
LimitSeverity = Literal["critical", "warning"]
