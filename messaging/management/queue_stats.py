"""Statistics of a queue, and what they imply about its messages."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from messaging.errors import BrokerUnavailable
from messaging.management.client import Management
from messaging.topology import Topology

# Queues and channels publish statistics every 5 s, and the management plugin collects them every 5 s.
# https://www.rabbitmq.com/docs/management#statistics-interval
STATISTICS_SECONDS = 11.0


class ConsumerStats(NamedTuple):
    """A consumer's channel: its unacked messages, and its total number of acks."""

    unacked: int
    acked: int


@dataclass(frozen=True)
class QueueStats:
    """The queue's statistics, at most STATISTICS_SECONDS old.

    `dead_unacked` counts dead letters that a client holds, as a replay does.
    """

    ready: int
    unacked: int
    acked: int
    redelivered: int
    dead_unacked: int
    consumers: dict[str, ConsumerStats]

    @property
    def depth(self) -> int:
        """All messages in the queue, ready and unacked."""
        return self.ready + self.unacked


def read_queue_stats(management: Management, topology: Topology) -> QueueStats:
    """Read the current statistics.

    Raises:
        BrokerUnavailable: When the management API does not respond or a queue does not exist.
    """
    queue, dead = management.queue(topology.queue), management.queue(topology.dead_queue)
    if queue is None or dead is None:
        missing = topology.queue if queue is None else topology.dead_queue
        raise BrokerUnavailable(f"the queue {missing} does not exist: run `sensorctl setup`")
    statistics = queue.get("message_stats", {})
    consuming = {consumer["channel_details"].get("name") for consumer in queue.get("consumer_details", [])}
    return QueueStats(
        ready=queue.get("messages_ready", 0),
        unacked=queue.get("messages_unacknowledged", 0),
        acked=statistics.get("ack", 0),
        redelivered=statistics.get("redeliver", 0),
        dead_unacked=dead.get("messages_unacknowledged", 0),
        consumers={
            c["name"]: _consumer_stats(c) for c in management.channels() if c.get("name") in consuming
        },
    )


def _consumer_stats(channel: dict[str, Any]) -> ConsumerStats:
    return ConsumerStats(
        channel.get("messages_unacknowledged", 0), channel.get("message_stats", {}).get("ack", 0)
    )


class DrainEstimator:
    """Computes an upper bound of the messages still in the queue of those there when it was created.

    A queue delivers in order, and a consumer settles in order. The old messages have left the queue once no
    message was ready, or once as many were acked as there were; they are settled once each consumer acked as
    many as it held then. A redelivery returns a message to the queue and restarts the count. Statistics are
    up to STATISTICS_SECONDS old, so each step waits that long.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._trusted_from = clock() + STATISTICS_SECONDS
        self._bound: int | None = None
        self._redelivered: int | None = None
        self._out_of_queue = False
        self._depth: int | None = None
        self._acked: int | None = None
        self._unacked: dict[str, ConsumerStats] | None = None

    def update(self, stats: QueueStats, ready_now: int) -> int | None:
        """Return the bound from current statistics; None while they may be older than this object.

        `ready_now` is the number of ready messages at this moment.
        """
        if stats.redelivered != self._redelivered:
            self._restart(stats.redelivered)
        if not self._out_of_queue and ready_now == 0:
            self._out_of_queue = True
            self._await_fresh_statistics()
        if self._clock() >= self._trusted_from:
            remaining = self._remaining(stats) if stats.depth else 0
            # The number of old messages can only decrease.
            self._bound = remaining if self._bound is None else min(self._bound, remaining)
        return None if self._bound is None else self._bound + stats.dead_unacked

    def _restart(self, redelivered: int) -> None:
        self._redelivered = redelivered
        self._out_of_queue = False
        self._depth = self._acked = self._unacked = None

    def _await_fresh_statistics(self) -> None:
        self._trusted_from = self._clock() + STATISTICS_SECONDS

    def _remaining(self, stats: QueueStats) -> int:
        if not self._out_of_queue:
            self._await_acks(stats)
            return stats.depth
        if self._unacked is None:
            self._unacked = {name: holder for name, holder in stats.consumers.items() if holder.unacked}
        else:
            now = stats.consumers
            self._unacked = {n: h for n, h in self._unacked.items() if not _settled(h, now.get(n))}
        return sum(holder.unacked for holder in self._unacked.values())

    def _await_acks(self, stats: QueueStats) -> None:
        """Wait for as many acks as there were messages, counted from then on."""
        if self._depth is None:
            self._depth = stats.depth
            self._await_fresh_statistics()
        elif self._acked is None:
            self._acked = stats.acked
        elif stats.acked - self._acked >= self._depth:
            self._out_of_queue = True
            self._await_fresh_statistics()


def _settled(before: ConsumerStats, now: ConsumerStats | None) -> bool:
    """Return whether the consumer settled what it held; a consumer that is gone has returned its messages."""
    return now is not None and now.acked - before.acked >= before.unacked
