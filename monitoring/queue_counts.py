"""Counts the messages and consumers of the queues by AMQP, without the delay of the broker's statistics."""

from contextlib import suppress
from threading import Lock
from typing import NamedTuple

from messaging.amqp.connection import (
    BlockingChannel,
    BlockingConnection,
    close_quietly,
    connect,
    translate_errors,
)
from messaging.amqp.queue_depth import COUNT_TIMEOUT_SECONDS
from messaging.errors import BrokerUnavailable
from messaging.settings import BrokerSettings
from messaging.topology import Topology

NAME = "monitoring"
# Of a connection attempt; a program does not end before it.
TIMEOUT_SECONDS = 1.5


class QueueCounts(NamedTuple):
    """The ready messages and the consumers of the queue, and its dead letters that no client holds."""

    ready: int
    consumers: int
    dead_letters: int


def count_queues(channel: BlockingChannel, topology: Topology) -> QueueCounts:
    """Count by passive declarations, which change nothing and require any permission on the queues.

    Raises:
        BrokerUnavailable: When the broker is lost, or a queue does not exist.
    """
    with translate_errors():
        queue = channel.queue_declare(topology.queue, passive=True).method
        dead = channel.queue_declare(topology.dead_queue, passive=True).method
    return QueueCounts(queue.message_count, queue.consumer_count, dead.message_count)


class QueueCountsProbe:
    """Counts over a connection that it keeps. Any thread may use it, one after the other."""

    def __init__(self, settings: BrokerSettings) -> None:
        self._url = settings.amqp_url
        self._topology = Topology(settings.queue_name)
        self._connection: BlockingConnection | None = None
        self._channel: BlockingChannel | None = None
        self._lock = Lock()

    def __call__(self) -> QueueCounts:
        """Return the counts of this moment.

        Raises:
            BrokerUnavailable: When the broker cannot be reached, or a queue does not exist.
        """
        with self._lock:
            if self._channel:
                # The broker closes a connection on which nothing was sent for a minute.
                with suppress(BrokerUnavailable):
                    return self._count()
            return self._count()

    def close(self) -> None:
        """Close the connection, once a count that is running has ended."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._connection:
            close_quietly(self._connection)
        self._connection = self._channel = None

    def _count(self) -> QueueCounts:
        try:
            if self._channel is None:
                self._connection = connect(
                    self._url,
                    NAME,
                    timeout_seconds=TIMEOUT_SECONDS,
                    response_seconds=COUNT_TIMEOUT_SECONDS,
                )
                with translate_errors():
                    self._channel = self._connection.channel()
            return count_queues(self._channel, self._topology)
        except BrokerUnavailable:
            self._close()
            raise
