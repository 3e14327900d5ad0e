"""Visits to the dead queue: look, replay, discard, put back. Nothing is lost, whenever the visit is killed.

A message is taken unacked and acked only once it is confirmed elsewhere or shall be gone. Whatever was
not settled returns to its place when the visit ends, in whichever way it ends. A quorum queue counts
these returns and drops a message above its limit (20 by default), so a message that returned often is
renewed first: a confirmed copy goes to the end of the queue, and the tired one is acked.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
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
from messaging.dead_letters.writer import disarmed
from messaging.errors import BrokerUnavailable
from messaging.management.admin import NAME
from messaging.management.client import Management
from messaging.settings import BrokerSettings
from messaging.topology import Topology

# The half of a quorum queue's default limit: the other half is for visits that are killed while they renew.
MOST_RETURNS = 10
FIRST_BATCH = 100
LARGEST_BATCH = 500
BATCH_BYTES = 8 * 1024 * 1024
SAFE_ACKS = 30
NOT_IN_HAND = 0
RETURN_SECONDS = 5.0
RETURN_POLL_SECONDS = 0.02
ARRIVAL_SECONDS = 1.0
LONGEST_SILENCE = 20
# The broker closes the channel of a client that holds a message for 30 minutes; give back before that.
HOLD_SECONDS = 20 * 60.0


class DeadLetterQueue:
    """One visit to the dead queue; every method raises BrokerUnavailable.

    `depth` is the number of messages that waited there when the visit began.
    """

    def __init__(
        self,
        connection: BlockingConnection,
        topology: Topology,
        *,
        at_once: int = LARGEST_BATCH,
        most_returns: int = MOST_RETURNS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connection = connection
        self._topology = topology
        self._at_once = at_once
        self._most_returns = most_returns
        self._clock = clock
        self._batch = min(FIRST_BATCH, at_once)
        self._held: list[set[int]] = []
        self._acks = 0
        self._held_since = clock()
        with translate_errors():
            self._channel: BlockingChannel = connection.channel()
            self._channel.confirm_delivery()
        self.depth = self._ready()

    def look(self, limit: int | None = None) -> Iterator[DeadLetter]:
        """The oldest `limit` messages, or all that waited at the beginning, to be looked at only."""
        return self._walk(self.depth if limit is None else min(limit, self.depth))

    def take(self) -> Iterator[DeadLetter]:
        """All messages that waited at the beginning, oldest first, each to be replayed, discarded or left.

        What dies while the visit lasts is not among them.
        """
        renewed: Counter[str] = Counter()
        for message in self._walk(self.depth):
            if message.tag == NOT_IN_HAND:
                renewed[message.id] += 1
            else:
                yield message
        # Behind what arrived meanwhile, which is not touched.
        while renewed and (batch := self._fetch(renewed.total())):
            for message in batch:
                if renewed[message.id] > 0 and message.tag != NOT_IN_HAND:
                    renewed[message.id] -= 1
                    yield message
            renewed = +renewed

    def replay(self, message: DeadLetter) -> None:
        """Bring the message that was taken last into the queue; it is gone here once that is confirmed."""
        self._publish(self._topology.queue, message, message.revived_headers())
        self.discard(message)

    def discard(self, message: DeadLetter) -> None:
        """The message that was taken last is gone."""
        with translate_errors():
            self._channel.basic_ack(message.tag)
        self._held[-1].remove(message.tag)
        self._acks += 1

    def put(self, message: DeadLetter) -> None:
        """Return once the dead queue holds a copy of the message."""
        self._publish(self._topology.dead_queue, message, message.headers)

    def pause(self, seconds: float) -> None:
        """Wait while heartbeats keep flowing."""
        if seconds > 0:
            with translate_errors():
                self._connection.sleep(seconds)

    def give_back(self) -> None:
        """Return what is held, in its order, once the queue has every ack.

        Above 32 acks that a quorum queue has not applied yet, a channel keeps them back, and forgets them
        when it ends: what was discarded would be there again. A fetch goes through the queue's log behind
        the acks that were sent, and lets the channel send the others.
        """
        if self._acks > SAFE_ACKS:
            if self._ready():
                self._fetch(1)
            else:
                self._consume(0)
        ready = self._ready()
        # Batch by batch, and few at once: of many consumers together, the channel mixes up the order.
        held = [tags for tags in self._held if tags]
        for first in range(0, len(held), SAFE_ACKS):
            some = held[first : first + SAFE_ACKS]
            with translate_errors():
                for tags in some:
                    self._channel.basic_nack(max(tags), multiple=True, requeue=True)
            ready += sum(map(len, some))
            self._await_return(ready)
        self._held = []

    def _await_return(self, ready: int) -> None:
        """Wait until so many messages are ready; not for ever, since others may take some."""
        deadline = self._clock() + RETURN_SECONDS
        while self._ready() < ready and self._clock() < deadline:
            self.pause(RETURN_POLL_SECONDS)

    def _walk(self, left: int) -> Iterator[DeadLetter]:
        while left > 0 and (batch := self._fetch(left)):
            yield from batch
            left -= len(batch)
            if self._clock() - self._held_since > HOLD_SECONDS:
                self._hold_anew()

    def _hold_anew(self) -> None:
        """Give back what was seen already, and hold it again: it is the oldest."""
        seen = sum(map(len, self._held))
        self.give_back()
        while seen > 0 and (batch := self._fetch(seen)):
            seen -= len(batch)

    def _fetch(self, most: int) -> list[DeadLetter]:
        """The next messages, at most so many; none only when no more wait.

        Those that returned often are renewed before anything else, and not in hand any more.
        """
        batch = self._consume(min(most, self._batch))
        if not any(self._held):
            self._held_since = self._clock()
        self._held.append({message.tag for message in batch})
        mean_bytes = sum(len(message.body) for message in batch) // max(1, len(batch))
        self._batch = max(1, min(self._at_once, BATCH_BYTES // max(1, mean_bytes)))
        return [self._renewed(m) if m.returns >= self._most_returns else m for m in batch]

    def _consume(self, wanted: int) -> list[DeadLetter]:
        batch: list[DeadLetter] = []

        def arrived(_channel: Any, method: Any, properties: pika.BasicProperties, body: bytes) -> None:
            batch.append(DeadLetter(body, properties, method.delivery_tag))

        with translate_errors():
            # The prefetch of a consumer is exact: no message is taken that is not in the batch.
            self._channel.basic_qos(prefetch_count=max(1, wanted))
            tag = self._channel.basic_consume(self._topology.dead_queue, arrived)
            self._await(batch, wanted)
            self._channel.basic_cancel(tag)
        self._acks = 0
        return batch

    def _renewed(self, message: DeadLetter) -> DeadLetter:
        """The message, of which a fresh copy waits at the end of the queue."""
        self.put(message)
        self.discard(message)
        return replace(message, tag=NOT_IN_HAND)

    def _await(self, batch: list[DeadLetter], wanted: int) -> None:
        silent = 0
        while len(batch) < wanted:
            before = len(batch)
            self._connection.process_data_events(ARRIVAL_SECONDS)
            silent = 0 if len(batch) > before else silent + 1
            # An answer can overtake deliveries, so an empty queue must be seen twice.
            if silent > 1 and self._ready() == 0:
                return
            if silent > LONGEST_SILENCE:
                raise BrokerUnavailable("the dead queue holds messages, and the broker does not deliver them")

    def _publish(self, queue: str, message: DeadLetter, headers: dict[str, Any]) -> None:
        properties = disarmed(message.properties, headers)
        with translate_errors():
            self._channel.basic_publish("", queue, message.body, properties, mandatory=True)

    def _ready(self) -> int:
        with translate_errors():
            declared = self._channel.queue_declare(self._topology.dead_queue, passive=True)
        return int(declared.method.message_count)


@contextmanager
def visit(settings: BrokerSettings, at_once: int = LARGEST_BATCH) -> Iterator[DeadLetterQueue]:
    """Open the dead queue, of which at most `at_once` messages are fetched in one go.

    What was not settled returns at the end. Raises BrokerUnavailable.
    """
    topology = Topology(settings.queue_name)
    connection = connect(settings.amqp_url, NAME)
    try:
        queue = DeadLetterQueue(
            connection, topology, at_once=at_once, most_returns=_most_returns(settings, topology)
        )
        yield queue
        queue.give_back()
    finally:
        close_quietly(connection)


def _most_returns(settings: BrokerSettings, topology: Topology) -> int:
    """Far below the queue's own limit, where the management API tells a lower one than the default."""
    try:
        queue = Management(settings).queue(topology.dead_queue) or {}
    except BrokerUnavailable:
        return MOST_RETURNS
    policy = queue.get("effective_policy_definition") or {}
    limits = (queue.get("delivery_limit"), policy.get("delivery-limit"))
    return min([MOST_RETURNS, *(limit // 2 for limit in limits if isinstance(limit, int) and limit >= 0)])
