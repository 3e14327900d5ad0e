"""The bench's own bare client of the broker: it makes, fills and watches queues."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count

import pika
from pika.spec import PERSISTENT_DELIVERY_MODE

from benchmarks.waiting import eventually

EXCHANGE = "sensors"
PERSISTENT = pika.BasicProperties(delivery_mode=PERSISTENT_DELIVERY_MODE, content_type="application/json")
FILL_SECONDS = 300


class Broker:
    """One connection, kept open."""

    def __init__(self, url: str) -> None:
        parameters = pika.URLParameters(url)
        parameters.heartbeat = 0  # it is silent while others are measured
        self._connection = pika.BlockingConnection(parameters)
        self._channel = self._connection.channel()
        self._numbers = count(1)

    @property
    def version(self) -> str:
        """As the broker greets its clients."""
        return str(self._connection._impl.server_properties["version"])  # noqa: SLF001 (it is nowhere else)

    @contextmanager
    def queue(self, *, bound: bool = False, keeps: int | None = None) -> Iterator[str]:
        """A new durable queue during the block, declared as any simple client does.

        `bound` to the sensors' exchange; or a classic one that `keeps` the newest messages only, for
        publishing without end.
        """
        name = f"bench-{next(self._numbers)}"
        arguments = {"x-queue-type": "classic", "x-max-length": keeps} if keeps else None
        self._channel.queue_declare(name, durable=True, arguments=arguments)
        if bound:
            self._channel.exchange_declare(EXCHANGE, exchange_type="topic", durable=True)
            self._channel.queue_bind(name, EXCHANGE, "reading.#")
        try:
            yield name
        finally:
            self._channel.queue_delete(name)
            self._channel.queue_delete(f"{name}.dead")  # which the project made beside it

    def put(self, queue: str, bodies: Sequence[bytes]) -> None:
        """Publish persistent messages, at full speed and so without confirms."""
        for body in bodies:
            self._channel.basic_publish("", queue, body, PERSISTENT)
        self.ready(queue)  # answered after what was sent before

    def fill(self, queue: str, bodies: Sequence[bytes]) -> None:
        """Put the messages into an empty queue without consumers; returns once all of them are there."""
        self.put(queue, bodies)
        eventually(lambda: self.ready(queue) == len(bodies), FILL_SECONDS, f"{queue} is filled")

    def ready(self, queue: str) -> int:
        """How many messages wait at this moment."""
        return int(self._declared(queue).message_count)

    def consumers(self, queue: str) -> int:
        """How many consumers there are at this moment."""
        return int(self._declared(queue).consumer_count)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _declared(self, queue: str) -> pika.spec.Queue.DeclareOk:
        return self._channel.queue_declare(queue, passive=True).method
