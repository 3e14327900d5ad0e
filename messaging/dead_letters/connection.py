"""Dead letters are published on a connection of their own, which is open while they come.

A broker with a memory or disk alarm no longer reads what arrives on a connection that publishes. The acks of
a consumer, by which the queue drains, must not wait behind its dead letters.
"""

import time
from collections.abc import Callable

import pika

from messaging.amqp.event_loop import Connection
from messaging.dead_letters.writer import DeadLetterWriter
from messaging.errors import (
    BrokerUnavailable,
    DeadLetteringUnavailable,
    PublishersBlocked,
    TopologyMissing,
    Unroutable,
)
from readings.errors import InvalidReading

# Between two dead letters nothing sends heartbeats, for which the broker waits up to a minute.
MAX_IDLE_SECONDS = 15.0


class DeadLetterConnection:
    """Opens a connection with the first dead letter, and closes it when none comes any more."""

    def __init__(self, connect: Callable[[], Connection], dead_queue: str, by: str) -> None:
        self._connect = connect
        self._dead_queue = dead_queue
        self._by = by
        self._connection: Connection | None = None
        self._writer: DeadLetterWriter | None = None
        self._used_at = 0.0
        # The tag of a message that is published, and confirmed when an alarm of the broker is over.
        self._unconfirmed: int | None = None

    def write(
        self,
        method: pika.spec.Basic.Deliver,
        properties: pika.BasicProperties,
        body: bytes,
        error: InvalidReading,
    ) -> None:
        """Return once the dead-letter queue has confirmed the message with its reason.

        Raises:
            DeadLetteringUnavailable: When the broker does not confirm it now, denies it to this user, or is
                not reached. The next call with the same message publishes it again only if the connection was
                lost.
            TopologyMissing: When the default exchange refuses it.
            Unroutable: When there is no such queue.
        """
        self.close_if_idle()
        try:
            writer = self._writer or self._open()
            if self._unconfirmed == method.delivery_tag:
                writer.wait_for_confirm()
            else:
                writer.write(method, properties, body, error)
        except PublishersBlocked as reason:
            self._unconfirmed = method.delivery_tag
            raise DeadLetteringUnavailable(str(reason)) from reason
        except (TopologyMissing, Unroutable):
            self.close()
            raise
        except BrokerUnavailable as reason:
            self.close()
            raise DeadLetteringUnavailable(str(reason)) from reason
        self._used_at = time.monotonic()
        self._unconfirmed = None

    def close_if_idle(self) -> None:
        """Close the connection if nothing was published for some time; call it often."""
        is_idle = time.monotonic() - self._used_at > MAX_IDLE_SECONDS
        if self._connection and is_idle and self._unconfirmed is None:
            self.close()

    def close(self) -> None:
        """Close the connection, if there is one."""
        connection, self._connection, self._writer = self._connection, None, None
        self._unconfirmed = None
        if connection:
            connection.close()

    def _open(self) -> DeadLetterWriter:
        self._connection = self._connect()
        self._writer = DeadLetterWriter(self._connection.channel(), self._dead_queue, self._by)
        self._used_at = time.monotonic()
        return self._writer
