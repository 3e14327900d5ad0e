"""One connection that consumes one queue: deliveries are received, then settled.

A delivery belongs to the session that received it, so a stale delivery tag can never be settled.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from typing import Any, TypeVar

import pika

from messaging.amqp.connection import translate_errors
from messaging.amqp.event_loop import Connection
from messaging.consuming.consumer_check import ConsumerCheck
from messaging.consuming.delivery import Delivery
from messaging.dead_letters.connection import DeadLetterConnection
from messaging.errors import BrokerUnavailable
from messaging.spans import Consuming, settle_span
from messaging.topology import Topology
from readings.errors import InvalidReading

POLL_INTERVAL_SECONDS = 0.5
CANCELLED = "the broker cancelled the consumer: was the queue deleted, or a message held beyond its time-out?"
Result = TypeVar("Result")


class Session:
    """Consumes `topology.queue` on `connection`; every method raises BrokerUnavailable when it is lost.

    `connect_for_dead_letters` opens another connection for the dead letters. `while_working` is called often
    while a handler pauses, and may raise to end the pause. Without `alternates` the alternate exchanges are
    not declared.
    """

    def __init__(
        self,
        connection: Connection,
        topology: Topology,
        *,
        name: str,
        prefetch: int,
        while_working: Callable[[], None],
        connect_for_dead_letters: Callable[[], Connection],
        alternates: bool = True,
    ) -> None:
        self._connection = connection
        self.consuming = Consuming(topology.queue, connection.server)
        self._while_working = while_working
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._inbox: deque[Delivery] = deque()
        self._received = 0  # the tag of the last message received
        self._settled = 0  # the tag up to which every message is acked or requeued
        self._settled_beyond: set[int] = set()  # tags that are acked before an earlier one
        self._cancelled = False
        with translate_errors():
            self._channel = connection.channel()
            topology.declare(self._channel)
            if alternates:
                topology.declare_alternates(self._channel)
            self._channel.basic_qos(prefetch_count=prefetch)
            self._channel.add_on_cancel_callback(self._on_cancel)
            self._consumer = self._channel.basic_consume(topology.queue, self._on_message)
        self._dead_letters = DeadLetterConnection(connect_for_dead_letters, topology.dead_queue, by=name)
        self._check_consumer = ConsumerCheck(self._channel, topology.queue)

    def receive_batch(
        self,
        wait_seconds: float,
        size: int = 1,
        linger_seconds: float = 0,
        should_flush: Callable[[], bool] = bool,
    ) -> list[Delivery]:
        """Return the next batch in delivery order; empty after `wait_seconds` without a message.

        A batch contains either no possible poison messages or nothing else. It is complete when it has `size`
        messages, `linger_seconds` after its first one, when `should_flush()` is true, or before a message of
        the other kind; possible poison messages do not linger. After the broker cancelled the consumer, the
        messages received before are returned first: if the queue was deleted, no other consumer gets them.

        Raises:
            BrokerUnavailable: When the broker cancelled the consumer and nothing remains.
        """
        if not self._inbox and not self._cancelled:
            self.wait(wait_seconds)
        batch: list[Delivery] = []
        self._fill(batch, size)
        deadline = time.monotonic() + linger_seconds
        while (
            self._may_grow(batch, size)
            and not should_flush()
            and (remaining := deadline - time.monotonic()) > 0
        ):
            self.wait(min(remaining, POLL_INTERVAL_SECONDS))
            self._fill(batch, size)
        if not batch and self._cancelled:
            raise BrokerUnavailable(CANCELLED)
        return batch

    def _fill(self, batch: list[Delivery], size: int) -> None:
        isolate = batch[0].maybe_poison if batch else None
        while self._inbox and len(batch) < size:
            maybe_poison = self._inbox[0].maybe_poison
            if isolate not in (None, maybe_poison):
                return
            isolate = maybe_poison
            batch.append(self._inbox.popleft())

    def _may_grow(self, batch: list[Delivery], size: int) -> bool:
        """Return whether a message may still arrive that belongs to the batch; those in the inbox do not."""
        return 0 < len(batch) < size and not (self._inbox or self._cancelled or batch[0].maybe_poison)

    def wait(self, seconds: float) -> None:
        """Process events for at most `seconds`, or until a message arrives."""
        self._connection.process_data_events(seconds)

    def pause(self, seconds: float) -> None:
        """Pause a handler while heartbeats keep flowing; raises what `while_working` raises."""
        self.sleep(seconds, self._while_working)

    def sleep(self, seconds: float, check: Callable[[], None]) -> None:
        """Wait `seconds` while heartbeats keep flowing; `check` is called often and may raise.

        With 0 seconds, pending events are processed once.
        """
        deadline = time.monotonic() + seconds
        remaining = seconds
        while True:
            self.wait(max(0.0, min(remaining, POLL_INTERVAL_SECONDS)))
            check()
            if (remaining := deadline - time.monotonic()) <= 0:
                return

    def run_in_thread(self, work: Callable[[], Result]) -> Result:
        """Run `work` in another thread while messages keep arriving; return or raise what it does.

        A connection that is lost meanwhile does not interrupt it: the settlement then fails.
        """
        future = self._executor.submit(copy_context().run, work)  # within the current span, if there is one
        future.add_done_callback(lambda _: self._connection.wake())
        with suppress(BrokerUnavailable):
            while not future.done():
                self.wait(POLL_INTERVAL_SECONDS)
        return future.result()

    def check_consumer(self) -> None:
        """Check that the broker serves this consumer, if it is time to; call it while no message arrives.

        Raises:
            BrokerUnavailable: When it does not.
        """
        self._dead_letters.close_if_idle()
        holds_none = not self._inbox and self._settled == self._received
        self._check_consumer(self._received if holds_none else None)

    def cancel(self) -> None:
        """Stop receiving messages, unless that was done; those received can still be settled."""
        consumer, self._consumer = self._consumer, ""
        if consumer:
            with translate_errors():
                self._channel.basic_cancel(consumer)

    def ack(self, batch: Sequence[Delivery]) -> None:
        """Acknowledge these messages.

        One multiple-ack covers every tag up to its own, so it is used where all tags before the batch are
        settled and the batch has no gap. Otherwise each message is acked by itself.
        """
        tags = [delivery.method.delivery_tag for delivery in batch]
        with settle_span("ack", batch, self.consuming), translate_errors():
            if tags == list(range(self._settled + 1, self._settled + 1 + len(tags))):
                self._channel.basic_ack(tags[-1], multiple=len(tags) > 1)
                self._settled = tags[-1]
            else:
                for tag in tags:
                    self._channel.basic_ack(tag)
                self._settled_beyond.update(tags)
        while self._settled + 1 in self._settled_beyond:
            self._settled += 1
            self._settled_beyond.remove(self._settled)

    def requeue(self, batch: Sequence[Delivery]) -> int:
        """Return every unsettled message to the queue, and return their number.

        Messages received after this batch go too: the broker's ack time-out applies to them as well.
        """
        received = self._received  # more may arrive while the nack is sent
        unsettled = [tag for tag in range(self._settled + 1, received + 1) if tag not in self._settled_beyond]
        self._inbox.clear()
        with settle_span("nack", batch, self.consuming), translate_errors():
            # Up to a tag that is settled, the broker would refuse it and close the channel.
            self._channel.basic_nack(unsettled[-1], multiple=True, requeue=True)
        self._settled = received
        self._settled_beyond.clear()
        return len(unsettled)

    def dead_letter(self, delivery: Delivery, error: InvalidReading) -> None:
        """Publish the message to the dead-letter queue with its reason; it must still be acked here.

        Raises:
            DeadLetteringUnavailable: When that queue accepts no message now.
        """
        self._dead_letters.write(delivery.method, delivery.properties, delivery.body, error)

    def close(self) -> None:
        """Close the connections; unsettled messages return to the queue."""
        self._executor.shutdown()
        self._dead_letters.close()
        self._connection.close()

    def _on_message(
        self,
        _channel: Any,
        method: pika.spec.Basic.Deliver,
        properties: pika.BasicProperties,
        body: bytes,
    ) -> None:
        self._received = method.delivery_tag
        self._inbox.append(Delivery(body, method, properties))

    def _on_cancel(self, _frame: Any) -> None:
        self._cancelled = True
