"""Short operations of an operator at the broker; the dead-letter queue has its own package."""

from collections.abc import Iterator
from contextlib import contextmanager

from jobs.kinds import JOB_KINDS
from messaging.amqp.connection import BlockingChannel, close_quietly, connect, translate_errors
from messaging.settings import BrokerSettings
from messaging.topology import Topology, declare_events, declare_workflows

NAME = "sensorctl"


@contextmanager
def open_channel(settings: BrokerSettings) -> Iterator[BlockingChannel]:
    """Open a channel for a short operation.

    Raises:
        BrokerUnavailable: When the broker is down or refuses.
    """
    connection = connect(settings.amqp_url, NAME)
    try:
        with translate_errors():
            yield connection.channel()
    finally:
        close_quietly(connection)


def declare_topology(settings: BrokerSettings) -> None:
    """Declare the exchanges, the queue with its bindings, its dead-letter queue, and what workflows need.

    Raises:
        BrokerUnavailable: When the broker is down or refuses.
    """
    with open_channel(settings) as channel:
        topology = Topology(settings.queue_name)
        topology.declare(channel)
        topology.declare_alternates(channel)
        declare_events(channel)
        declare_workflows(channel, JOB_KINDS)


def queue_depth(settings: BrokerSettings) -> int:
    """Return the number of ready messages in the queue.

    Raises:
        BrokerUnavailable: When the broker is down or the queue does not exist.
    """
    with open_channel(settings) as channel:
        return int(channel.queue_declare(settings.queue_name, passive=True).method.message_count)
