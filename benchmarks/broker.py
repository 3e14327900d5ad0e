"""The benchmark's own client of the broker: it creates, fills and observes queues."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count

import pika
from pika.spec import PERSISTENT_DELIVERY_MODE

from benchmarks.frames import encode_message
from benchmarks.waiting import wait_until

EXCHANGE = "sensors"
PERSISTENT = pika.BasicProperties(delivery_mode=PERSISTENT_DELIVERY_MODE, content_type="application/json")
FILL_SECONDS = 300
OFFER_TICK_SECONDS = 0.01


class Broker:
    """A client with one connection."""

    def __init__(self, url: str) -> None:
        parameters = pika.URLParameters(url)
        parameters.heartbeat = 0  # it sends nothing while contenders run
        self._connection = pika.BlockingConnection(parameters)
        self._channel = self._connection.channel()
        self._numbers = count(1)

    @property
    def version(self) -> str:
        """The version in the broker's server properties."""
        return str(self._connection._impl.server_properties["version"])  # noqa: SLF001 (pika has no public property for it)

    @contextmanager
    def queue(
        self, *, binding: str | None = None, classic: bool = False, max_length: int | None = None
    ) -> Iterator[str]:
        """Provide a new durable queue during the block, declared as a simple client declares it.

        It is bound to the sensors' exchange by the key `binding`. A `classic` queue may have a `max_length`:
        it then keeps only the newest messages, for publishing without a consumer.
        """
        name = f"bench-{next(self._numbers)}"
        arguments: dict[str, str | int] = {"x-queue-type": "classic"} if classic else {}
        arguments |= {"x-max-length": max_length} if max_length else {}
        self._channel.queue_declare(name, durable=True, arguments=arguments or None)
        if binding:
            self._channel.exchange_declare(EXCHANGE, exchange_type="topic", durable=True)
            self._channel.queue_bind(name, EXCHANGE, binding)
        try:
            yield name
        finally:
            self._channel.queue_delete(name)
            self._channel.queue_delete(f"{name}.dead")  # declared by this project

    def publish(
        self,
        queue: str,
        bodies: Sequence[bytes],
        properties: Callable[[int], pika.BasicProperties] = lambda _number: PERSISTENT,
    ) -> None:
        """Publish persistent messages without confirms, at full speed, each with its own properties."""
        for number, body in enumerate(bodies):
            self._channel.basic_publish("", queue, body, properties(number))
        self.ready_count(queue)  # the broker replies after it has processed the messages

    def offer(self, queue: str, bodies: Sequence[bytes], rate: int) -> None:
        """Publish persistent messages without confirms at a rate.

        The frames are encoded before, so that this takes little of a processor.
        """
        number = self._channel.channel_number
        frames = [encode_message(number, "", queue, body, PERSISTENT) for body in bodies]
        output = self._connection._impl._output_marshaled_frames  # noqa: SLF001 (pika has no public method for it)
        started_at, sent = time.monotonic(), 0
        while sent < len(frames):
            due = int((time.monotonic() - started_at) * rate)
            for each in frames[sent:due]:
                output(each)
            sent = max(sent, due)
            self._connection.process_data_events(OFFER_TICK_SECONDS)

    def fill(self, queue: str, bodies: Sequence[bytes]) -> None:
        """Publish to an empty queue without consumers, and wait until all messages are ready."""
        self.publish(queue, bodies)
        wait_until(lambda: self.ready_count(queue) == len(bodies), FILL_SECONDS, f"{queue} is filled")

    def ready_count(self, queue: str) -> int:
        """Return the number of ready messages."""
        return int(self._declared(queue).message_count)

    def consumer_count(self, queue: str) -> int:
        """Return the number of consumers."""
        return int(self._declared(queue).consumer_count)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _declared(self, queue: str) -> pika.spec.Queue.DeclareOk:
        return self._channel.queue_declare(queue, passive=True).method
