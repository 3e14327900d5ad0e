"""Publish readings with many outstanding confirms."""

import time
from collections import deque
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar

import pika

from messaging.amqp.connection import translate_errors
from messaging.amqp.event_loop import Connection
from messaging.amqp.transport import NO_RESPONSE, RESPONSE_TIMEOUT_SECONDS
from messaging.errors import BrokerUnavailable
from messaging.topology import EXCHANGE, routing_key
from readings.payload import CONTENT_TYPE, MESSAGE_TYPE
from runtime.tracing import TraceHeaders

# A quorum queue delivers messages of this priority before those without one (simple clients, history):
# two for one in RabbitMQ 4.0 to 4.2, and as long as there are any since 4.3. Other queues ignore it.
LIVE_PRIORITY = 5
Item = TypeVar("Item")


class Confirm(NamedTuple):
    """The broker's ack of the message with this tag, counted from 1; with `multiple`, of all up to it."""

    delivery_tag: int
    multiple: bool


class OutstandingConfirms(Generic[Item]):
    """Published and not yet confirmed items, in order; the broker numbers messages from 1."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._pending: deque[Item] = deque()
        self._next_tag = 1
        self._confirmed: set[int] = set()
        self._clock = clock
        self._waiting_since = 0.0

    def __len__(self) -> int:
        return len(self._pending)

    def add(self, item: Item) -> None:
        """Add the item that is published next."""
        if not self._pending:
            self._waiting_since = self._clock()
        self._pending.append(item)

    def confirm(self, confirm: Confirm) -> list[Item]:
        """Apply a confirm; return the items that are now confirmed with all before them, in order."""
        self._waiting_since = self._clock()
        if not confirm.multiple:
            self._confirmed.add(confirm.delivery_tag)
        up_to = confirm.delivery_tag if confirm.multiple else 0
        done = []
        while self._pending and (self._next_tag <= up_to or self._next_tag in self._confirmed):
            self._confirmed.discard(self._next_tag)
            done.append(self._pending.popleft())
            self._next_tag += 1
        return done

    def reset(self) -> list[Item]:
        """Start numbering at 1 for a new connection, and return the items to publish again."""
        self._next_tag = 1
        self._confirmed.clear()
        self._waiting_since = self._clock()
        return list(self._pending)

    def check_progress(self) -> None:
        """Check that the broker confirms what was published, whichever item comes first.

        Raises:
            BrokerUnavailable: When it has confirmed nothing for RESPONSE_TIMEOUT_SECONDS.
        """
        if self._pending and self._clock() - self._waiting_since > RESPONSE_TIMEOUT_SECONDS:
            raise BrokerUnavailable(NO_RESPONSE)


class ConfirmPublisher:
    """Publishes to the exchange without waiting; every method except `close` raises BrokerUnavailable.

    For one thread. `depth` is the response to `request_queue_depth`, None until it arrives.
    """

    def __init__(self, url: str, name: str, *, priority: int | None = LIVE_PRIORITY) -> None:
        """Return once messages can be published; history has no priority.

        The exchange must exist; a publisher may lack the permission to declare it.
        """
        self.depth: int | None = None
        self._name = name
        self._priority = priority
        self._confirms: list[Confirm] = []
        self._connection = Connection(url, name)
        self.server = self._connection.server
        try:
            self._channel = self._connection.open_channel()
            self._connection.rpc(self._channel.exchange_declare, EXCHANGE, passive=True)
            self._connection.enable_confirms(self._channel, self._on_confirm)
        except BaseException:
            self.close()
            raise

    def publish(
        self, sensor_id: str, message_id: str, body: bytes, trace: TraceHeaders | None = None
    ) -> None:
        """Hand the message to the connection, which sends it at once or in the next `wait`.

        `trace` are the headers by which its consumer continues a trace.
        """
        properties = reading_properties(message_id, self._name, self._priority, trace)
        self._connection.check()
        with translate_errors():
            self._channel.basic_publish(EXCHANGE, routing_key(sensor_id), body, properties, mandatory=True)

    def request_queue_depth(self, queue: str) -> None:
        """Request the number of ready messages in the queue; `depth` contains it after a later `wait`."""
        self.depth = None
        with translate_errors():
            self._channel.queue_declare(queue, passive=True, callback=self._on_depth)

    def wait(self, seconds: float) -> list[Confirm]:
        """Process events until something happens, for at most `seconds`, and return the confirms.

        Raises:
            Unroutable: When no queue accepted a message.
            BrokerUnavailable: When the connection is lost and no confirm is left to return.
        """
        try:
            self._connection.process_data_events(seconds)
        except BrokerUnavailable:
            if not self._confirms:
                raise
        confirms, self._confirms = self._confirms, []
        return confirms

    def close(self) -> None:
        """Close the connection, which may already be lost."""
        self._connection.close()

    def _on_confirm(self, method: Any) -> None:
        self._confirms.append(Confirm(method.delivery_tag, method.multiple))

    def _on_depth(self, frame: Any) -> None:
        self.depth = int(frame.method.message_count)


def reading_properties(
    message_id: str,
    app_id: str,
    priority: int | None = LIVE_PRIORITY,
    trace: TraceHeaders | None = None,
) -> pika.BasicProperties:
    """Return the properties of a reading that is published now."""
    return pika.BasicProperties(
        headers=trace,
        content_type=CONTENT_TYPE,
        delivery_mode=pika.DeliveryMode.Persistent,
        priority=priority,
        message_id=message_id,
        timestamp=int(time.time()),
        type=MESSAGE_TYPE,
        app_id=app_id,
    )
