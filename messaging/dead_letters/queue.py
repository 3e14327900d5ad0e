"""Peek into the dead-letter queue, replay, discard and import. Nothing is lost if the process is killed.

A message is received unacked and acked only once a copy is confirmed elsewhere or it shall be discarded.
Whatever is not settled returns to its place in the queue when the connection ends. A quorum queue counts
these returns and drops a message above its limit (20 by default), so a message that was returned often is
renewed first: a confirmed copy goes to the end of the queue, and the original is acked.
"""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pika

from messaging.amqp.connection import (
    BlockingChannel,
    BlockingConnection,
    close_quietly,
    connect,
    translate_errors,
)
from messaging.dead_letters.dead_letter import DeadLetter
from messaging.dead_letters.returns import MAX_RETURNS, max_returns
from messaging.dead_letters.writer import sanitize_properties
from messaging.errors import BrokerUnavailable
from messaging.management.admin import NAME
from messaging.settings import BrokerSettings
from messaging.topology import Topology

INITIAL_BATCH = 100
MAX_BATCH = 500
BATCH_BYTES = 8 * 1024 * 1024
MAX_UNAPPLIED_ACKS = 30
RETURN_SECONDS = 5.0
RETURN_POLL_SECONDS = 0.02
ARRIVAL_SECONDS = 1.0
MAX_EMPTY_POLLS = 20
# The broker closes the channel of a client that holds a message for 30 minutes: requeue before that.
HOLD_SECONDS = 20 * 60.0


class DeadLetterQueue:
    """The dead-letter queue on one connection; every method raises BrokerUnavailable.

    `depth` is the number of ready messages when the connection was opened.
    """

    def __init__(
        self,
        connection: BlockingConnection,
        topology: Topology,
        *,
        max_batch: int = MAX_BATCH,
        max_returns: int = MAX_RETURNS,
    ) -> None:
        self._connection = connection
        self._topology = topology
        self._max_batch = max_batch
        self._max_returns = max_returns
        self._batch = min(INITIAL_BATCH, max_batch)
        self._held: list[set[int]] = []
        self._acks = 0
        self._held_since = time.monotonic()
        with translate_errors():
            self._channel: BlockingChannel = connection.channel()
            self._channel.confirm_delivery()
        self.depth = self._ready()

    def peek(self, limit: int | None = None) -> Iterator[DeadLetter]:
        """Yield the oldest `limit` messages, or all that were ready at the start, to be read only."""
        return self._walk(self.depth if limit is None else min(limit, self.depth))

    def receive(self) -> Iterator[DeadLetter]:
        """Yield all messages that were ready at the start, oldest first, to be replayed, discarded or kept.

        Messages that are dead-lettered meanwhile are not included.
        """
        renewed: Counter[str] = Counter()
        for message in self._walk(self.depth):
            if message.is_held:
                yield message
            else:
                renewed[message.id] += 1
        # The renewed copies are after what arrived meanwhile, which stays untouched.
        while renewed and (batch := self._fetch(renewed.total())):
            for message in batch:
                if renewed[message.id] > 0 and message.is_held:
                    renewed[message.id] -= 1
                    yield message
            renewed = +renewed

    def replay(self, message: DeadLetter) -> None:
        """Publish the message received last to the queue, and remove it here once that is confirmed."""
        self._publish(self._topology.queue, message, message.replay_headers())
        self.discard(message)

    def discard(self, message: DeadLetter) -> None:
        """Remove the message received last."""
        with translate_errors():
            self._channel.basic_ack(message.tag)
        self._held[-1].remove(message.tag)
        self._acks += 1

    def publish_copy(self, message: DeadLetter) -> None:
        """Return once the dead-letter queue has confirmed a copy of the message."""
        self._publish(self._topology.dead_queue, message, message.headers)

    def pause(self, seconds: float) -> None:
        """Wait while heartbeats keep flowing."""
        if seconds > 0:
            with translate_errors():
                self._connection.sleep(seconds)

    def requeue_held(self) -> None:
        """Requeue what is held, in its order, once the queue has applied every ack.

        Above 32 acks that a quorum queue has not applied yet, a channel withholds further acks and drops them
        when it closes: discarded messages would reappear. A fetch is appended to the queue's log after the
        acks that were sent, and makes the channel send the others.
        """
        if self._acks > MAX_UNAPPLIED_ACKS:
            if self._ready():
                self._fetch(1)
            else:
                self._consume(0)
        ready = self._ready()
        # Batch by batch, few at a time: the channel returns the messages of many consumers in mixed order.
        held = [tags for tags in self._held if tags]
        for start in range(0, len(held), MAX_UNAPPLIED_ACKS):
            part = held[start : start + MAX_UNAPPLIED_ACKS]
            with translate_errors():
                for tags in part:
                    self._channel.basic_nack(max(tags), multiple=True, requeue=True)
            ready += sum(map(len, part))
            self._await_return(ready)
        self._held = []

    def _await_return(self, ready: int) -> None:
        """Wait until `ready` messages are ready, with a limit: another client may receive some."""
        deadline = time.monotonic() + RETURN_SECONDS
        while self._ready() < ready and time.monotonic() < deadline:
            self.pause(RETURN_POLL_SECONDS)

    def _walk(self, remaining: int) -> Iterator[DeadLetter]:
        while remaining > 0 and (batch := self._fetch(remaining)):
            yield from batch
            remaining -= len(batch)
            if time.monotonic() - self._held_since > HOLD_SECONDS:
                self._renew_hold()

    def _renew_hold(self) -> None:
        """Requeue what was yielded already and receive it again: it is the oldest."""
        yielded = sum(map(len, self._held))
        self.requeue_held()
        while yielded > 0 and (batch := self._fetch(yielded)):
            yielded -= len(batch)

    def _fetch(self, limit: int) -> list[DeadLetter]:
        """Receive at most `limit` further messages; none only when no more are ready.

        Those that were returned often are renewed at once and no longer held.
        """
        batch = self._consume(min(limit, self._batch))
        if not any(self._held):
            self._held_since = time.monotonic()
        self._held.append({message.tag for message in batch})
        mean_bytes = sum(len(message.body) for message in batch) // max(1, len(batch))
        self._batch = max(1, min(self._max_batch, BATCH_BYTES // max(1, mean_bytes)))
        return [self._renewed(m) if m.returns >= self._max_returns else m for m in batch]

    def _consume(self, count: int) -> list[DeadLetter]:
        batch: list[DeadLetter] = []

        def arrived(_channel: Any, method: Any, properties: pika.BasicProperties, body: bytes) -> None:
            batch.append(DeadLetter(body, properties, method.delivery_tag))

        with translate_errors():
            # A consumer's prefetch is exact: no message is received that is not in the batch.
            self._channel.basic_qos(prefetch_count=max(1, count))
            tag = self._channel.basic_consume(self._topology.dead_queue, arrived)
            self._await(batch, count)
            self._channel.basic_cancel(tag)
        self._acks = 0
        return batch

    def _renewed(self, message: DeadLetter) -> DeadLetter:
        """Replace the message by a copy at the end of the queue; return it as no longer held."""
        self.publish_copy(message)
        self.discard(message)
        return replace(message, tag=0)

    def _await(self, batch: list[DeadLetter], count: int) -> None:
        empty_polls = 0
        while len(batch) < count:
            before = len(batch)
            self._connection.process_data_events(ARRIVAL_SECONDS)
            empty_polls = 0 if len(batch) > before else empty_polls + 1
            # A response can overtake deliveries, so an empty queue is checked twice.
            if empty_polls > 1 and self._ready() == 0:
                return
            if empty_polls > MAX_EMPTY_POLLS:
                raise BrokerUnavailable("the broker does not deliver the messages of the dead-letter queue")

    def _publish(self, queue: str, message: DeadLetter, headers: dict[str, Any]) -> None:
        properties = sanitize_properties(message.properties, headers)
        with translate_errors():
            self._channel.basic_publish("", queue, message.body, properties, mandatory=True)

    def _ready(self) -> int:
        with translate_errors():
            declared = self._channel.queue_declare(self._topology.dead_queue, passive=True)
        return int(declared.method.message_count)


@contextmanager
def open_dead_letter_queue(settings: BrokerSettings, max_batch: int = MAX_BATCH) -> Iterator[DeadLetterQueue]:
    """Open the dead-letter queue; at most `max_batch` messages are fetched at a time.

    What is not settled at the end is requeued.

    Raises:
        BrokerUnavailable: When the broker is down or refuses.
    """
    topology = Topology(settings.queue_name)
    connection = connect(settings.amqp_url, NAME)
    try:
        queue = DeadLetterQueue(
            connection, topology, max_batch=max_batch, max_returns=max_returns(settings, topology)
        )
        yield queue
        queue.requeue_held()
    finally:
        close_quietly(connection)
