"""What can go wrong with a message or with the broker, as this project names it."""

from enum import StrEnum

from service.errors import ServiceUnavailable


class DeadReason(StrEnum):
    """Why a message was dead-lettered: the one word in its `x-dead-reason` header."""

    NOT_JSON = "not-json"
    INVALID_FIELD = "invalid-field"
    TOO_LARGE = "too-large"
    FUTURE_TIME = "future-time"
    REJECTED_BY_DATABASE = "rejected-by-database"
    CRASH_LOOP = "crash-loop"


class InvalidReading(Exception):
    """The message can never become a reading; `detail` is a sentence with the field and its value."""

    def __init__(self, reason: DeadReason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class BrokerUnavailable(ServiceUnavailable):
    """The broker does not answer, or refuses what is asked of it, and may do it later."""


class BrokerRefused(BrokerUnavailable):
    """The broker does not let this user in, or not do what is asked."""


class Unroutable(BrokerUnavailable):
    """The broker has no queue for the message: the topology is not set up, or was removed."""
