"""The check that the broker serves a consumer, which a node of a cluster may stop to do without a word.

A node that is cut off from the others has no consumers and delivers nothing. Before RabbitMQ 4.2, an ack may
be lost when a quorum queue has no majority for a while, and then nothing more is delivered to its consumer:
https://github.com/rabbitmq/rabbitmq-server/pull/14589
"""

import time

from messaging.amqp.channel import Channel
from messaging.amqp.connection import BlockingChannel
from messaging.errors import BrokerUnavailable

CHECK_INTERVAL_SECONDS = 30.0
# A node waits for a quarter of a second for the leader of the queue, and otherwise counts no consumer.
MAX_UNCOUNTED = 3
# Messages that wait while a consumer holds none are delivered at once, unless the queue is just recovering.
UNDELIVERED_INTERVAL_SECONDS = 5.0
MAX_UNDELIVERED = 3


class ConsumerCheck:
    """Counts the consumers and the messages of a queue now and then; call it often while none arrives."""

    def __init__(self, channel: Channel | BlockingChannel, queue: str) -> None:
        self._channel, self._queue = channel, queue
        self._check_at = time.monotonic() + CHECK_INTERVAL_SECONDS
        self._uncounted = self._undelivered = 0
        self._delivered: int | None = None

    def __call__(self, delivered: int | None = None) -> None:
        """Check the consumer, if it is time to.

        `delivered` is the number of messages that were delivered, if all of them are settled.

        Raises:
            BrokerUnavailable: When the broker counts no consumer, or delivers none of the messages that wait,
                several times in a row.
        """
        if delivered is None or delivered != self._delivered:
            self._delivered, self._undelivered = delivered, 0
        if time.monotonic() < self._check_at:
            return
        found = self._channel.queue_declare(self._queue, passive=True).method
        if found.consumer_count == 0:
            self._uncounted = self._count(
                self._uncounted, MAX_UNCOUNTED, "the broker has lost this consumer: its node may be cut off"
            )
        elif delivered is not None and found.message_count > 0:
            self._undelivered = self._count(
                self._undelivered, MAX_UNDELIVERED, "the broker delivers none of the messages that wait"
            )
            self._check_at = time.monotonic() + UNDELIVERED_INTERVAL_SECONDS
        else:
            self._uncounted = self._undelivered = 0
            self._check_at = time.monotonic() + CHECK_INTERVAL_SECONDS

    @staticmethod
    def _count(before: int, most: int, problem: str) -> int:
        if before + 1 == most:
            raise BrokerUnavailable(problem)
        return before + 1
