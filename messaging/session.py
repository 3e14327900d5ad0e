"""One connection that consumes one queue: deliveries come out, settlements go in.

A delivery belongs to the session that brought it, so a stale delivery tag can never be settled.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pika

from messaging.connection import BlockingConnection, close_quietly, translated
from messaging.deadletter import DeadLetterer
from messaging.errors import BrokerUnavailable, InvalidReading
from messaging.topology import Topology

SUSPECT_DELIVERIES = 5
SLICE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message in hand. `pause` waits while heartbeats keep flowing; it may raise to end the wait."""

    body: bytes
    method: pika.spec.Basic.Deliver
    properties: pika.BasicProperties
    pause: Callable[[float], None]

    @property
    def number(self) -> int | None:
        """1 for the first delivery; None where the broker does not count (classic queues)."""
        uncounted = None if self.method.redelivered else 0
        count = (self.properties.headers or {}).get("x-delivery-count", uncounted)
        return count + 1 if isinstance(count, int) else None

    @property
    def suspect(self) -> bool:
        """Whether the message came back so often that it may be what kills its consumers.

        Where the broker does not count, any redelivery is suspect: there are few of them.
        """
        return self.number is None or self.number >= SUSPECT_DELIVERIES


class Session:
    """Consumes `topology.queue` on `connection`; every method raises BrokerUnavailable when it is lost."""

    def __init__(
        self,
        connection: BlockingConnection,
        topology: Topology,
        *,
        name: str,
        prefetch: int,
        while_working: Callable[[], None],
    ) -> None:
        self._connection = connection
        self._pause = partial(self.sleep, check=while_working)
        self._inbox: deque[Delivery] = deque()
        self._cancelled = False
        with translated():
            self._channel = connection.channel()
            topology.declare(self._channel)
            self._dead_letters = DeadLetterer(connection.channel(), topology.dead_queue, by=name)
            self._channel.basic_qos(prefetch_count=prefetch)
            self._channel.add_on_cancel_callback(self._on_cancel)
            self._consumer = self._channel.basic_consume(topology.queue, self._on_message)

    def next(self, wait_seconds: float) -> Delivery | None:
        """The next delivery, or None when none came within `wait_seconds`.

        After a cancel by the broker, what came before it is given first: its queue may be deleted, and
        then nobody else ever gets it.
        """
        if not self._inbox and not self._cancelled:
            self.wait(wait_seconds)
        if self._inbox:
            return self._inbox.popleft()
        if self._cancelled:
            raise BrokerUnavailable("the broker cancelled the consumer: was the queue deleted?")
        return None

    def wait(self, seconds: float) -> None:
        """Let the connection work for at most `seconds`, or until something arrives."""
        with translated():
            self._connection.process_data_events(seconds)
        if not self._channel.is_open:
            raise BrokerUnavailable("the broker closed the channel")

    def sleep(self, seconds: float, check: Callable[[], None]) -> None:
        """Wait `seconds` while heartbeats keep flowing; `check` is called often and may raise to end it."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.wait(min(left, SLICE_SECONDS))
            check()

    def stop_deliveries(self) -> None:
        """Ask for no more messages; what is in hand can still be settled."""
        with translated():
            self._channel.basic_cancel(self._consumer)

    def ack(self, delivery: Delivery) -> None:
        """The message is done."""
        with translated():
            self._channel.basic_ack(delivery.method.delivery_tag)

    def requeue(self, delivery: Delivery) -> None:
        """The message goes back to the queue, for another consumer or a later time."""
        with translated():
            self._channel.basic_nack(delivery.method.delivery_tag, requeue=True)

    def bury(self, delivery: Delivery, error: InvalidReading) -> None:
        """The message is in the dead queue with its reason, and done here."""
        self._dead_letters.bury(delivery.method, delivery.properties, delivery.body, error)
        self.ack(delivery)

    def close(self) -> None:
        """Close the connection; what was not settled goes back to the queue."""
        close_quietly(self._connection)

    def _on_message(
        self,
        _channel: Any,
        method: pika.spec.Basic.Deliver,
        properties: pika.BasicProperties,
        body: bytes,
    ) -> None:
        self._inbox.append(Delivery(body, method, properties, self._pause))

    def _on_cancel(self, _frame: Any) -> None:
        self._cancelled = True
