"""One connection that consumes one queue: deliveries come out, settlements go in.

A delivery belongs to the session that brought it, so a stale delivery tag can never be settled.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple, TypeVar

import pika

from messaging.amqp.connection import translate_errors
from messaging.amqp.event_loop import Connection
from messaging.consuming.mqtt import topic_of
from messaging.dead_letters.writer import DeadLetterWriter
from messaging.errors import BrokerUnavailable
from messaging.topology import Topology
from readings.errors import InvalidReading
from readings.payload import MqttDefaults

SUSPECT_DELIVERIES = 5
SLICE_SECONDS = 0.5
Result = TypeVar("Result")
Work = Callable[[], Any]


class Delivery(NamedTuple):
    """A message in hand.

    `pause` waits while heartbeats keep flowing; it may raise to end the wait. `beside` does what it is
    given in another thread while more messages come, and gives what that returns.
    """

    body: bytes
    method: pika.spec.Basic.Deliver
    properties: pika.BasicProperties
    pause: Callable[[float], None]
    beside: Callable[[Work], Any]

    @property
    def number(self) -> int | None:
        """1 for the first delivery; None where the broker does not count (classic queues)."""
        if not self.method.redelivered:
            return 1
        count = (self.properties.headers or {}).get("x-delivery-count")
        return count + 1 if isinstance(count, int) else None

    @property
    def topic(self) -> MqttDefaults | None:
        """What is said beside the body of a message that came by MQTT."""
        return topic_of(self.method, self.properties)

    @property
    def suspect(self) -> bool:
        """Whether the message came back so often that it may be what kills its consumers.

        Where the broker does not count, any redelivery is suspect: there are few of them.
        """
        number = self.number
        return number is None or number >= SUSPECT_DELIVERIES


class Session:
    """Consumes `topology.queue` on `connection`; every method raises BrokerUnavailable when it is lost."""

    def __init__(
        self,
        connection: Connection,
        topology: Topology,
        *,
        name: str,
        prefetch: int,
        while_working: Callable[[], None],
    ) -> None:
        self._connection = connection
        self._pause = partial(self.sleep, check=while_working)
        self._helper = ThreadPoolExecutor(max_workers=1, thread_name_prefix="beside")
        self._inbox: deque[Delivery] = deque()
        self._received = 0  # the tag of the last message that came
        self._settled = 0  # the tag up to which every message is acked or given back
        self._cancelled = False
        with translate_errors():
            self._channel = connection.channel()
            topology.declare(self._channel)
            self._dead_letters = DeadLetterWriter(connection.channel(), topology.dead_queue, by=name)
            self._channel.basic_qos(prefetch_count=prefetch)
            self._channel.add_on_cancel_callback(self._on_cancel)
            self._consumer = self._channel.basic_consume(topology.queue, self._on_message)

    def take(
        self, wait_seconds: float, size: int = 1, linger_seconds: float = 0, hurry: Callable[[], bool] = bool
    ) -> list[Delivery]:
        """The next batch, in the order of the delivery tags; empty when nothing came within `wait_seconds`.

        It holds suspects only, or none. It is closed when it has `size` messages, `linger_seconds` after its
        first was taken, when `hurry()` holds, or before what does not belong to it; suspects are not waited
        for. After a cancel by the broker, what came before it is given first: its queue may be deleted, and
        then nobody else ever gets it.
        """
        if not self._inbox and not self._cancelled:
            self.wait(wait_seconds)
        batch: list[Delivery] = []
        self._fill(batch, size)
        deadline = time.monotonic() + linger_seconds
        while self._may_grow(batch, size) and not hurry() and (left := deadline - time.monotonic()) > 0:
            self.wait(min(left, SLICE_SECONDS))
            self._fill(batch, size)
        if not batch and self._cancelled:
            raise BrokerUnavailable("the broker cancelled the consumer: was the queue deleted?")
        return batch

    def _fill(self, batch: list[Delivery], size: int) -> None:
        suspects = batch[0].suspect if batch else None
        while self._inbox and len(batch) < size:
            suspect = self._inbox[0].suspect
            if suspects not in (None, suspect):
                return
            suspects = suspect
            batch.append(self._inbox.popleft())

    def _may_grow(self, batch: list[Delivery], size: int) -> bool:
        """Whether something may come that belongs to it; what is left in the inbox does not."""
        return 0 < len(batch) < size and not (self._inbox or self._cancelled or batch[0].suspect)

    def wait(self, seconds: float) -> None:
        """Let the connection work for at most `seconds`, or until something arrives."""
        self._connection.process_data_events(seconds)

    def sleep(self, seconds: float, check: Callable[[], None]) -> None:
        """Wait `seconds` while heartbeats keep flowing; `check` is called often and may raise to end it.

        With 0 the connection gets a moment to work.
        """
        deadline = time.monotonic() + seconds
        left = seconds
        while True:
            self.wait(max(0.0, min(left, SLICE_SECONDS)))
            check()
            if (left := deadline - time.monotonic()) <= 0:
                return

    def beside(self, work: Callable[[], Result]) -> Result:
        """Do it in another thread while messages keep coming; returns or raises what it does.

        A connection that is lost meanwhile does not end it: the settlement will tell.
        """
        future = self._helper.submit(work)
        future.add_done_callback(lambda _: self._connection.wake())
        with suppress(BrokerUnavailable):
            while not future.done():
                self.wait(SLICE_SECONDS)
        return future.result()

    def stop_deliveries(self) -> None:
        """Ask for no more messages; what is in hand can still be settled."""
        with translate_errors():
            self._channel.basic_cancel(self._consumer)

    def ack(self, batch: Sequence[Delivery]) -> None:
        """These messages are done.

        One multiple-ack says so, which covers every tag up to its own: so all before it must be settled, and
        all others be in this batch. Where that is not so, each message is acked by itself.
        """
        tags = [delivery.method.delivery_tag for delivery in batch]
        with translate_errors():
            if tags == list(range(self._settled + 1, self._settled + 1 + len(tags))):
                self._channel.basic_ack(tags[-1], multiple=len(tags) > 1)
                self._settled = tags[-1]
            else:
                for tag in tags:
                    self._channel.basic_ack(tag)

    def requeue(self) -> int:
        """Everything that is not settled goes back to the queue; gives its number.

        What came behind the batch in hand goes with it: the broker's ack time-out runs for it as well.
        """
        number = self._received - self._settled
        self._inbox.clear()
        with translate_errors():
            self._channel.basic_nack(self._received, multiple=True, requeue=True)
        self._settled = self._received
        return number

    def bury(self, delivery: Delivery, error: InvalidReading) -> None:
        """The dead queue holds the message with its reason; it is still to be acked here."""
        self._dead_letters.bury(delivery.method, delivery.properties, delivery.body, error)

    def close(self) -> None:
        """Close the connection; what was not settled goes back to the queue."""
        self._helper.shutdown()
        self._connection.close()

    def _on_message(
        self,
        _channel: Any,
        method: pika.spec.Basic.Deliver,
        properties: pika.BasicProperties,
        body: bytes,
    ) -> None:
        self._received = method.delivery_tag
        self._inbox.append(Delivery(body, method, properties, self._pause, self.beside))

    def _on_cancel(self, _frame: Any) -> None:
        self._cancelled = True
