"""What an operator does at the broker: set it up, look at a queue, look into the dead queue."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pika

from messaging.connection import BlockingChannel, close_quietly, connect, translated
from messaging.settings import BrokerSettings
from messaging.topology import Topology

NAME = "sensorctl"
# A quorum queue counts each return to it and in the end drops the message, so a look may not add up.
MOST_RETURNS = 10


@dataclass(frozen=True)
class DeadMessage:
    """A message of the dead queue, as it lies there."""

    body: bytes
    headers: dict[str, Any]
    properties: dict[str, Any]


@contextmanager
def channel(settings: BrokerSettings) -> Iterator[BlockingChannel]:
    """A channel for a short visit. Raises BrokerUnavailable."""
    connection = connect(settings.amqp_url, NAME)
    try:
        with translated():
            yield connection.channel()
    finally:
        close_quietly(connection)


def declare_topology(settings: BrokerSettings) -> None:
    """Declare the exchange, the queue and its dead queue. Raises BrokerUnavailable."""
    with channel(settings) as visit:
        Topology(settings.queue_name).declare(visit)


def dead_messages(settings: BrokerSettings, limit: int) -> tuple[list[DeadMessage], int]:
    """The first `limit` dead messages, which stay where they are, and how many there are in all.

    Raises BrokerUnavailable.
    """
    queue = Topology(settings.queue_name).dead_queue
    with channel(settings) as visit:
        visit.confirm_delivery()
        depth = visit.queue_declare(queue, passive=True).method.message_count
        taken = [visit.basic_get(queue) for _ in range(min(limit, depth))]
        messages = [_return(visit, queue, *got) for got in taken if got[0] is not None]
    return messages, depth


def _return(
    visit: BlockingChannel, queue: str, method: Any, properties: pika.BasicProperties, body: bytes
) -> DeadMessage:
    headers = dict(properties.headers or {})
    returns = headers.pop("x-delivery-count", 0)
    if returns < MOST_RETURNS:
        visit.basic_nack(method.delivery_tag, requeue=True)
    else:
        properties.headers = headers
        visit.basic_publish("", queue, body, properties, mandatory=True)
        visit.basic_ack(method.delivery_tag)
    return DeadMessage(body, headers, _plain(properties))


def _plain(properties: pika.BasicProperties) -> dict[str, Any]:
    return {key: value for key, value in vars(properties).items() if value is not None and key != "headers"}
