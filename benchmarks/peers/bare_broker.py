"""The broker alone, with bare pika: `consume` at prefetch 1, `drain` in batches, `confirm` and `publish`.

The consumers print the messages per second between the first delivery and the last ack. They end after
MESSAGES messages, or at SIGTERM.
"""

import os
import signal
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
    """Consume with prefetch 1 and an ack per message."""
    receive(channel, prefetch=1, ack_interval=1)


def drain(channel: BlockingChannel) -> None:
    """Consume with a high prefetch and one ack per batch."""
    receive(channel, prefetch=2 * BATCH, ack_interval=BATCH)


def receive(channel: BlockingChannel, prefetch: int, ack_interval: int) -> None:
    """Consume MESSAGES messages and print the rate."""
    received = 0
    started_at = 0.0
    channel.basic_qos(prefetch_count=prefetch)

    def on_message(channel, method, _properties, _body):  # type: ignore[no-untyped-def]  # by hand
        nonlocal received, started_at
        started_at = started_at or time.perf_counter()
        received += 1
        if received % ack_interval == 0 or received == MESSAGES:
            channel.basic_ack(method.delivery_tag, multiple=ack_interval > 1)
        if received == MESSAGES:
            channel.stop_consuming()

    signal.signal(
        signal.SIGTERM, lambda *_: channel.connection.add_callback_threadsafe(channel.stop_consuming)
    )
    channel.basic_consume(QUEUE, on_message)
    channel.start_consuming()
    print(received / (time.perf_counter() - started_at))


def confirm(channel: BlockingChannel) -> None:
    """Publish, waiting for the confirm of each message."""
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
