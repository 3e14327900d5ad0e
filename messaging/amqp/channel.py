"""A channel of the connection that keeps its event loop, under the names of pika's BlockingChannel."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pika

if TYPE_CHECKING:
    from messaging.amqp.event_loop import Connection


class Channel:
    """A channel of a Connection; its methods behave like those of pika's BlockingChannel."""

    def __init__(self, connection: "Connection", channel: Any) -> None:
        self._connection = connection
        self._channel = channel
        self._published = self._confirmed = 0

    def exchange_declare(self, exchange: str, **options: Any) -> Any:
        """Declare an exchange and wait for the response."""
        return self._connection.rpc(self._channel.exchange_declare, exchange, **options)

    def queue_declare(self, queue: str, **options: Any) -> Any:
        """Declare a queue and wait for the response."""
        return self._connection.rpc(self._channel.queue_declare, queue, **options)

    def queue_bind(self, queue: str, exchange: str, **options: Any) -> Any:
        """Bind a queue to an exchange and wait for the response."""
        return self._connection.rpc(self._channel.queue_bind, queue, exchange, **options)

    def basic_qos(self, *, prefetch_count: int) -> None:
        """Limit the number of unacknowledged messages."""
        self._connection.rpc(self._channel.basic_qos, prefetch_count=prefetch_count)
        if prefetch_count == 1:
            self._connection.expect_single_messages()

    def add_on_cancel_callback(self, callback: Callable[[Any], None]) -> None:
        """Call `callback` when the broker cancels the consumer."""
        self._channel.add_on_cancel_callback(callback)

    def basic_consume(self, queue: str, on_message_callback: Callable[..., None]) -> str:
        """Start to consume the queue and return the consumer tag."""
        response = self._connection.rpc(self._channel.basic_consume, queue, on_message_callback)
        return str(response.method.consumer_tag)

    def basic_cancel(self, consumer_tag: str) -> None:
        """Stop consuming; pika requeues the messages that are already in transit."""
        self._connection.send(self._channel.basic_cancel, consumer_tag)

    def basic_ack(self, delivery_tag: int, *, multiple: bool = False) -> None:
        """Acknowledge a message, or all up to it."""
        self._connection.send(self._channel.basic_ack, delivery_tag, multiple)

    def basic_nack(self, delivery_tag: int, *, multiple: bool, requeue: bool) -> None:
        """Reject a message, or all up to it."""
        self._connection.send(self._channel.basic_nack, delivery_tag, multiple, requeue)

    def confirm_delivery(self) -> None:
        """Turn on publisher confirms; each publish then waits for its confirm."""
        self._connection.enable_confirms(self._channel, self._on_confirm)

    def basic_publish(
        self,
        exchange: str,
        routing_key: str,
        body: bytes,
        properties: pika.BasicProperties,
        mandatory: bool,  # noqa: FBT001 (pika's signature)
    ) -> None:
        """Publish a message and return once the broker has confirmed it.

        Raises:
            Unroutable: When no queue accepts the message.
            PublishersBlocked: When it will be confirmed later, which `wait_for_confirms` awaits.
        """
        self._connection.check()
        self._channel.basic_publish(exchange, routing_key, body, properties, mandatory)
        self._published += 1
        self.wait_for_confirms()

    def wait_for_confirms(self) -> None:
        """Return once the broker has confirmed all messages; raises what `basic_publish` does."""
        self._connection.wait_for(lambda: self._confirmed == self._published)

    def _on_confirm(self, method: Any) -> None:
        self._confirmed = method.delivery_tag
