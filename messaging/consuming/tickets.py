"""Consume tickets, which say that a job is ready, and the commands for one worker."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

from pika.exceptions import ConnectionWrongStateError

from messaging.amqp.connection import BlockingChannel, BlockingConnection, translate_errors
from messaging.errors import BrokerUnavailable
from messaging.topology import CONTROL_EXCHANGE, job_queue, worker_queue


class Ticket(NamedTuple):
    """A ticket that is not settled yet."""

    connection: BlockingConnection
    channel: BlockingChannel
    delivery_tag: int

    def settle(self, *, ack: bool) -> None:
        """Ack or requeue it; may be called from any thread, and after the connection is lost."""
        settle = self.channel.basic_ack if ack else self.channel.basic_nack
        with suppress(ConnectionWrongStateError):
            self.connection.add_callback_threadsafe(partial(settle, self.delivery_tag))


class TicketConsumer:
    """Consumes on a connection that others may use, too. For one thread.

    Every method raises BrokerUnavailable when the connection is lost.
    """

    def __init__(
        self,
        connection: BlockingConnection,
        kinds: Sequence[str],
        worker: str,
        *,
        on_ticket: Callable[[Ticket], None],
        on_command: Callable[[bytes], None],
    ) -> None:
        """Receive pings at once, and tickets once `accept` was called.

        The commands come to a queue that exists as long as the connection.
        """
        self._connection, self._kinds, self._on_ticket = connection, kinds, on_ticket
        self._consumers: list[str] = []
        self._cancelled = False
        with translate_errors():
            self._channel = connection.channel()
            self._channel.basic_qos(prefetch_count=1)
            self._channel.add_on_cancel_callback(self._on_cancel)
            commands = connection.channel()
            queue = worker_queue(worker)
            # Only a classic queue can end with its connection.
            commands.queue_declare(queue, exclusive=True, arguments={"x-queue-type": "classic"})
            for target in (worker, "all"):
                commands.queue_bind(queue, CONTROL_EXCHANGE, routing_key=f"ping.{target}")
            commands.basic_consume(queue, lambda *message: on_command(message[3]), auto_ack=True)

    def accept(self, accepting: bool) -> None:  # noqa: FBT001 (the state to be in)
        """Receive tickets from now on, or no more; those that were not handed over are requeued."""
        with translate_errors():
            if accepting and not self._consumers:
                self._consumers = [
                    self._channel.basic_consume(job_queue(kind), self._on_message) for kind in self._kinds
                ]
            elif not accepting:
                while self._consumers:
                    self._channel.basic_cancel(self._consumers.pop())

    def process_events(self, seconds: float) -> None:
        """Wait for messages, at most some seconds.

        Raises:
            BrokerUnavailable: When the broker cancelled a consumer, too.
        """
        with translate_errors():
            self._connection.process_data_events(seconds)
        if self._cancelled:
            raise BrokerUnavailable("the broker cancelled the consumer: was the queue of the jobs deleted?")

    def _on_message(self, _channel: Any, method: Any, _properties: Any, _body: bytes) -> None:
        self._on_ticket(Ticket(self._connection, self._channel, method.delivery_tag))

    def _on_cancel(self, _method: Any) -> None:
        self._cancelled = True
