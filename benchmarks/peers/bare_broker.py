"""The broker alone, with bare pika: `consume` at prefetch 1, `drain` in batches, `confirm` and `publish`.

The consumers print how many messages a second they took, from the first delivery to the last ack.
"""

import os
import sys
import time
from collections.abc import Callable

import pika
from pika.adapters.blocking_connection import BlockingChannel

MESSAGES = int(os.environ["MESSAGES"])
QUEUE = os.environ["QUEUE_NAME"]
BATCH = 500
BODY = b"x" * 280  # about as long as a reading of this project
PERSISTENT = pika.BasicProperties(delivery_mode=2, content_type="application/json")


def consume(channel: BlockingChannel) -> None:
    """One message in hand, an ack each."""
    take(channel, prefetch=1, every=1)


def drain(channel: BlockingChannel) -> None:
    """As many in flight as help, one ack for a batch."""
    take(channel, prefetch=2 * BATCH, every=BATCH)


def take(channel: BlockingChannel, prefetch: int, every: int) -> None:
    """Take MESSAGES messages and print the rate."""
    taken = 0
    began = 0.0
    channel.basic_qos(prefetch_count=prefetch)

    def on_message(channel, method, _properties, _body):  # type: ignore[no-untyped-def]  # by hand
        nonlocal taken, began
        began = began or time.perf_counter()
        taken += 1
        if taken % every == 0 or taken == MESSAGES:
            channel.basic_ack(method.delivery_tag, multiple=every > 1)
        if taken == MESSAGES:
            channel.stop_consuming()

    channel.basic_consume(QUEUE, on_message)
    channel.start_consuming()
    print(taken / (time.perf_counter() - began))


def confirm(channel: BlockingChannel) -> None:
    """Publish, each message confirmed before the next."""
    channel.confirm_delivery()
    publish(channel)


def publish(channel: BlockingChannel) -> None:
    """Publish through the exchange, as sensors do."""
    for _ in range(MESSAGES):
        channel.basic_publish("sensors", "reading.bench", BODY, PERSISTENT)


MODES: dict[str, Callable[[BlockingChannel], None]] = {
    "consume": consume,
    "drain": drain,
    "confirm": confirm,
    "publish": publish,
}

if __name__ == "__main__":
    with pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"])) as connection:
        MODES[sys.argv[1]](connection.channel())
