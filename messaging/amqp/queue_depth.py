"""How many messages wait in a queue, over a connection that is opened on demand."""

from typing import Any

from messaging.amqp.connection import (
    BlockingChannel,
    BlockingConnection,
    close_quietly,
    connect,
    translate_errors,
)
from messaging.errors import BrokerUnavailable

# A process that counts does not stop before it. A queue responds in a fraction of a second, also without its
# majority.
COUNT_TIMEOUT_SECONDS = 5.0


class QueueDepth:
    """Reads the depth of a queue. For one thread; call it at least every few seconds, or `close`."""

    def __init__(self, amqp_url: str, name: str, queue: str) -> None:
        self._amqp_url, self._name, self._queue = amqp_url, name, queue
        self._connection: BlockingConnection | None = None
        self._channel: BlockingChannel | None = None

    def read(self) -> int | None:
        """Return the number of ready messages; None if the broker does not say.

        A queue without the majority of its members reports neither messages nor consumers, so that counts as
        no answer.
        """
        try:
            counts = self._declare()
        except BrokerUnavailable:
            return None
        return int(counts.message_count) if counts.message_count or counts.consumer_count else None

    def count(self) -> int:
        """Return the number of ready messages.

        Raises:
            BrokerUnavailable: When the broker does not answer, or has no such queue; the next call connects
                again.
        """
        return int(self._declare().message_count)

    def _declare(self) -> Any:
        try:
            with translate_errors():
                if self._channel is None:
                    self._connection = connect(
                        self._amqp_url, self._name, response_seconds=COUNT_TIMEOUT_SECONDS
                    )
                    self._channel = self._connection.channel()
                return self._channel.queue_declare(self._queue, passive=True).method
        except BrokerUnavailable:
            self.close()
            raise

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            close_quietly(self._connection)
        self._connection = self._channel = None
