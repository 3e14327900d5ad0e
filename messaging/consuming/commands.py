"""Consume the requests to the service for workflows: commands, and names of files."""

from collections import deque
from functools import partial
from typing import Any, NamedTuple

from messaging.amqp.connection import BlockingChannel, BlockingConnection, translate_errors
from messaging.consuming.consumer_check import ConsumerCheck
from messaging.errors import BrokerUnavailable
from messaging.topology import CONTROL_QUEUE, FILES_QUEUE
from runtime.text import to_valid_text

PREFETCH = 10


class ReceivedCommand(NamedTuple):
    """A request that is not settled yet. The broker has checked `user_id`, if there is one."""

    queue: str
    channel: BlockingChannel
    delivery_tag: int
    routing_key: str
    body: bytes
    user_id: str | None
    app_id: str | None

    @property
    def sender(self) -> str:
        """Who sent it, as far as is known."""
        return self.user_id or self.app_id or "unknown"

    def ack(self) -> None:
        """Remove it from the queue.

        Raises:
            BrokerUnavailable: When the connection is lost.
        """
        with translate_errors():
            self.channel.basic_ack(self.delivery_tag)

    def reject(self) -> None:
        """Remove it from the queue as one that cannot be executed.

        Raises:
            BrokerUnavailable: When the connection is lost.
        """
        with translate_errors():
            self.channel.basic_reject(self.delivery_tag, requeue=False)


class CommandConsumer:
    """Receives commands, and names of files, while the connection processes events. For one thread."""

    def __init__(self, connection: BlockingConnection) -> None:
        """Start to consume.

        Raises:
            BrokerUnavailable: When the broker is lost or refuses, or has no such queue.
        """
        self.received: deque[ReceivedCommand] = deque()
        self._connection = connection
        self._cancelled = False
        with translate_errors():
            self._channel = connection.channel()
            self._channel.basic_qos(prefetch_count=PREFETCH)
            self._channel.add_on_cancel_callback(self._on_cancel)
            for queue in (CONTROL_QUEUE, FILES_QUEUE):
                self._channel.basic_consume(queue, partial(self._on_message, queue))
        self._check_consumer = ConsumerCheck(self._channel, FILES_QUEUE)

    def process_events(self, seconds: float) -> None:
        """Wait for requests, at most some seconds; they are appended to `received`.

        Raises:
            BrokerUnavailable: When the connection is lost, or the broker has lost or cancelled the consumer.
        """
        with translate_errors():
            self._connection.process_data_events(seconds)
            self._check_consumer()
        if self._cancelled:
            raise BrokerUnavailable(
                f"the broker cancelled a consumer: was {CONTROL_QUEUE} or {FILES_QUEUE} deleted?"
            )

    def _on_message(
        self, queue: str, channel: BlockingChannel, method: Any, properties: Any, body: bytes
    ) -> None:
        self.received.append(
            ReceivedCommand(
                queue,
                channel,
                method.delivery_tag,
                to_valid_text(method.routing_key),  # pika returns bytes if it is not UTF-8
                body,
                properties.user_id,
                properties.app_id and to_valid_text(properties.app_id),
            )
        )

    def _on_cancel(self, _method: Any) -> None:
        self._cancelled = True
