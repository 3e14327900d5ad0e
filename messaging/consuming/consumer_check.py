"""The check that the broker knows a consumer: a node that is cut off from the others delivers nothing."""

import time

from messaging.amqp.channel import Channel
from messaging.amqp.connection import BlockingChannel
from messaging.errors import BrokerUnavailable

CHECK_INTERVAL_SECONDS = 30.0
# A node waits for a quarter of a second for the leader of the queue, and otherwise counts no consumer.
MAX_UNCOUNTED = 3


class ConsumerCheck:
    """Counts the consumers of a queue now and then; call it often while no message arrives."""

    def __init__(self, channel: Channel | BlockingChannel, queue: str) -> None:
        self._channel, self._queue = channel, queue
        self._check_at = time.monotonic() + CHECK_INTERVAL_SECONDS
        self._uncounted = 0

    def __call__(self) -> None:
        """Check that there is a consumer, if it is time to.

        Raises:
            BrokerUnavailable: When the broker counts none, several times in a row.
        """
        if time.monotonic() < self._check_at:
            return
        if self._channel.queue_declare(self._queue, passive=True).method.consumer_count > 0:
            self._uncounted, self._check_at = 0, time.monotonic() + CHECK_INTERVAL_SECONDS
            return
        self._uncounted += 1
        if self._uncounted == MAX_UNCOUNTED:
            raise BrokerUnavailable(
                "the broker has lost this consumer: its node may be cut off from the others"
            )
