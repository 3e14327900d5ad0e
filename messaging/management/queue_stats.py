"""What moves through a queue, and what can be known of messages without taking them."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from messaging.errors import BrokerUnavailable
from messaging.management.client import Management
from messaging.topology import Topology

# Queues and channels tell their numbers every 5 s, and the management plugin collects them every 5 s.
# https://www.rabbitmq.com/docs/management#statistics-interval
STATISTICS_SECONDS = 11.0


class Holder(NamedTuple):
    """A consumer's channel: messages in its hands, and how many it ever acked."""

    unacked: int
    acked: int


@dataclass(frozen=True)
class Flow:
    """The queue's numbers at one moment, which lies at most STATISTICS_SECONDS back.

    `dead_in_hand` are dead messages that someone holds, as a replay does.
    """

    ready: int
    unacked: int
    acked: int
    redelivered: int
    dead_in_hand: int
    holders: dict[str, Holder]

    @property
    def depth(self) -> int:
        """All messages in the queue: waiting, and in flight."""
        return self.ready + self.unacked


def read_flow(management: Management, topology: Topology) -> Flow:
    """The numbers that the broker has now. Raises BrokerUnavailable."""
    queue, dead = management.queue(topology.queue), management.queue(topology.dead_queue)
    if queue is None or dead is None:
        missing = topology.queue if queue is None else topology.dead_queue
        raise BrokerUnavailable(f"the queue {missing} is not there: run `sensorctl setup`")
    statistics = queue.get("message_stats", {})
    consuming = {consumer["channel_details"].get("name") for consumer in queue.get("consumer_details", [])}
    return Flow(
        ready=queue.get("messages_ready", 0),
        unacked=queue.get("messages_unacknowledged", 0),
        acked=statistics.get("ack", 0),
        redelivered=statistics.get("redeliver", 0),
        dead_in_hand=dead.get("messages_unacknowledged", 0),
        holders={c["name"]: _holder(c) for c in management.channels() if c.get("name") in consuming},
    )


def _holder(channel: dict[str, Any]) -> Holder:
    return Holder(channel.get("messages_unacknowledged", 0), channel.get("message_stats", {}).get("ack", 0))


class DrainEstimator:
    """Bounds how many of the messages that were in the queue when it was made are there still.

    A queue hands out its messages in order, and a consumer settles its own in order. So the old ones are
    out of the queue once no message was ready, or once so many were acked as there were; and they are
    settled once each consumer acked as many as it then had in hand. A redelivery puts a message back, so
    the count begins anew. The numbers are old by up to STATISTICS_SECONDS, which is waited for each time.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._trusted_from = clock() + STATISTICS_SECONDS
        self._bound: int | None = None
        self._redelivered: int | None = None
        self._out_of_queue = False
        self._depth: int | None = None
        self._acked: int | None = None
        self._in_hand: dict[str, Holder] | None = None

    def note(self, flow: Flow, ready_now: int) -> int | None:
        """The bound by the queue's present numbers; None while they may be older than the question.

        `ready_now` is how many messages wait at this very moment.
        """
        if flow.redelivered != self._redelivered:
            self._begin_anew(flow.redelivered)
        if not self._out_of_queue and ready_now == 0:
            self._out_of_queue = True
            self._trust_later()
        if self._clock() >= self._trusted_from:
            remaining = self._remaining(flow) if flow.depth else 0
            # The old ones can only become fewer.
            self._bound = remaining if self._bound is None else min(self._bound, remaining)
        return None if self._bound is None else self._bound + flow.dead_in_hand

    def _begin_anew(self, redelivered: int) -> None:
        self._redelivered = redelivered
        self._out_of_queue = False
        self._depth = self._acked = self._in_hand = None

    def _trust_later(self) -> None:
        self._trusted_from = self._clock() + STATISTICS_SECONDS

    def _remaining(self, flow: Flow) -> int:
        if not self._out_of_queue:
            self._count(flow)
            return flow.depth
        if self._in_hand is None:
            self._in_hand = {name: holder for name, holder in flow.holders.items() if holder.unacked}
        else:
            self._in_hand = {n: h for n, h in self._in_hand.items() if not _settled(h, flow.holders.get(n))}
        return sum(holder.unacked for holder in self._in_hand.values())

    def _count(self, flow: Flow) -> None:
        """Wait for as many acks as there were messages; acks are counted from after those were."""
        if self._depth is None:
            self._depth = flow.depth
            self._trust_later()
        elif self._acked is None:
            self._acked = flow.acked
        elif flow.acked - self._acked >= self._depth:
            self._out_of_queue = True
            self._trust_later()


def _settled(before: Holder, now: Holder | None) -> bool:
    """Whether what the consumer had in hand is settled; one that is gone has given it back."""
    return now is not None and now.acked - before.acked >= before.unacked
