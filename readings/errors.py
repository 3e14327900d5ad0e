"""Why a message is not a reading."""

from enum import StrEnum


class DeadLetterReason(StrEnum):
    """Why a message was dead-lettered: the value of its `x-dead-reason` header."""

    NOT_JSON = "not-json"
    INVALID_FIELD = "invalid-field"
    TOO_LARGE = "too-large"
    FUTURE_TIME = "future-time"
    REJECTED_BY_DATABASE = "rejected-by-database"
    CRASH_LOOP = "crash-loop"
    UNROUTABLE = "unroutable"
    PAST_RETENTION = "past-retention"
    IMPLAUSIBLE = "implausible"
    REUSED_ID = "reused-id"


class InvalidReading(Exception):
    """The message can never be stored as a reading; `detail` names the field and its value."""

    def __init__(self, reason: DeadLetterReason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class InvalidField(InvalidReading):
    """A field of the message is missing or invalid, or contradicts another."""

    def __init__(self, detail: str) -> None:
        super().__init__(DeadLetterReason.INVALID_FIELD, detail)


class ImpossibleTemperature(InvalidField):
    """The temperature is below absolute zero or above what is accepted."""


class UnsetClock(InvalidField):
    """The time is that of a clock that was never set."""


class SkippedTime(InvalidField):
    """The clocks of the zone never showed this local time."""


class RepeatedTime(InvalidField):
    """The clocks of the zone showed this local time twice."""
