"""What an operator does at the broker: visit it, set it up. The dead queue has its own module."""

from collections.abc import Iterator
from contextlib import contextmanager

from messaging.amqp.connection import BlockingChannel, close_quietly, connect, translate_errors
from messaging.settings import BrokerSettings
from messaging.topology import Topology, declare_events

NAME = "sensorctl"


@contextmanager
def channel(settings: BrokerSettings) -> Iterator[BlockingChannel]:
    """A channel for a short visit. Raises BrokerUnavailable."""
    connection = connect(settings.amqp_url, NAME)
    try:
        with translate_errors():
            yield connection.channel()
    finally:
        close_quietly(connection)


def declare_topology(settings: BrokerSettings) -> None:
    """Declare the exchanges, the queue with its bindings and its dead queue. Raises BrokerUnavailable."""
    with channel(settings) as visit:
        Topology(settings.queue_name).declare(visit)
        declare_events(visit)


def ready_messages(settings: BrokerSettings) -> int:
    """How many messages wait in the queue at this moment. Raises BrokerUnavailable."""
    with channel(settings) as visit:
        return int(visit.queue_declare(settings.queue_name, passive=True).method.message_count)
