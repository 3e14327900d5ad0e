"""What the consumer loop reports."""

from typing import Protocol

from readings.errors import InvalidReading
from runtime.errors import ServiceUnavailable


class ConsumerEvents(Protocol):
    """Events of the loop; the service decides what to log and count."""

    def progress(self) -> None:
        """Record that the loop is alive."""

    def received(self, messages: int) -> None:
        """Record a batch of `messages` received messages."""

    def consuming(self, queue: str) -> None:
        """Record that the broker is connected and the queue is consumed."""

    def broker_lost(self, reason: str, retry_seconds: float) -> None:
        """Record that the broker does not respond; the next attempt follows in `retry_seconds`."""

    def dead_lettered(self, error: InvalidReading) -> None:
        """Record that the dead-letter queue has confirmed the message."""

    def dead_lettering_unavailable(self, reason: str, retry_seconds: float) -> None:
        """Record that the dead-letter queue accepts nothing; an invalid message is held, not settled."""

    def dependency_down(self, error: ServiceUnavailable, retry_seconds: float) -> None:
        """Record that what the handler requires is unavailable; the batch is held, not settled."""

    def dependency_up(self) -> None:
        """Record that the held batch was handled."""

    def requeued(self, reason: str, messages: int) -> None:
        """Record that `messages` messages were returned to the queue."""
