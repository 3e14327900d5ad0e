"""A broker in memory, with the part of pika's channel that this project calls."""

import copy
import itertools
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pika
from pika.exceptions import ChannelClosedByBroker, ConnectionClosed, StreamLostError, UnroutableError

from messaging.amqp.connection import close_quietly, translate_errors
from messaging.amqp.hosts import Server
from messaging.errors import BrokerUnavailable, PublishersBlocked
from messaging.publishing.confirm_publisher import Confirm
from messaging.topology import EXCHANGE, routing_key
from runtime.tracing import TraceHeaders

TICK_SECONDS = 0.002


@dataclass
class Message:
    """A message in a queue, with its position there and how often it was requeued."""

    body: bytes
    properties: pika.BasicProperties = field(default_factory=pika.BasicProperties)
    exchange: str = ""
    routing_key: str = ""
    returns: int = 0
    position: int = field(default_factory=itertools.count().__next__)

    @property
    def headers(self) -> dict[str, Any]:
        return dict(self.properties.headers or {})


class FakeBroker:
    """Queues that count deliveries.

    `operations` lists what clients did, in order. `errors` has, by operation, the errors to raise instead.
    While it `blocks_publishers`, it reads what is published when that is over.
    `confirms_to_lose` is how many messages are queued without a confirm to their publisher. While it is
    `without_majority`, it confirms nothing and counts no consumer, and its connections stay open. With
    `loses_acks` they have no effect.
    """

    def __init__(self) -> None:
        self.queues: dict[str, deque[Message]] = {}
        self.exchanges: set[str] = set()
        self.bindings: dict[str, str] = {}
        self.connections: list[FakePikaConnection] = []
        self.operations: list[str] = []
        self.errors: dict[str, list[Exception]] = {}
        self.confirms_to_lose = 0
        self.without_majority = False
        self.loses_acks = False
        self.blocks_publishers = False

    def connect(
        self, _url: str, _name: str, *, timeout_seconds: float = 0, response_seconds: float | None = None
    ) -> "FakePikaConnection":
        del timeout_seconds
        self.perform("connect")
        self.connections.append(FakePikaConnection(self))
        return self.connections[-1]

    def open_connection(self, _url: str, _name: str, **_options: Any) -> Any:
        with translate_errors():
            self.perform("connect")
        connection = FakeConnection(self)
        self.connections.append(connection)
        return connection

    def perform(self, operation: str) -> None:
        """Record an operation of a client, or raise the next error for it."""
        errors = self.errors.get(operation)  # read once, since a test may clear them in another thread
        if errors:
            raise errors.pop(0)
        self.operations.append(operation)

    def put(
        self, queue: str, *bodies: bytes, headers: dict[str, Any] | None = None, returns: int = 0
    ) -> None:
        """Put messages into a queue, as if published earlier."""
        ready = self.queues.setdefault(queue, deque())
        for body in bodies:
            properties = pika.BasicProperties(headers=headers)
            ready.append(Message(body, properties, "sensors", "reading.kitchen", returns))

    def disconnect(self) -> None:
        """Break every connection."""
        for connection in self.connections:
            connection.disconnect()

    def consumers(self, queue: str) -> int:
        """Return how many channels consume the queue, as far as the broker knows."""
        if self.without_majority:
            return 0
        open_connections = [connection for connection in self.connections if connection.is_open]
        return sum(c.consumed_queue == queue for connection in open_connections for c in connection.channels)

    def unsettled(self) -> int:
        """Return how many messages consumers hold."""
        return sum(len(c.unsettled_tags) for connection in self.connections for c in connection.channels)

    def route(self, message: Message) -> bool:
        """Put the message into the bound queue, if there is one, and return whether there is."""
        queue = message.routing_key if message.exchange == "" else self.bindings.get(message.exchange, "")
        if queue not in self.queues:
            return False
        self.queues[queue].append(message)
        return True


class FakePikaConnection:
    """A client's connection, as pika's BlockingConnection."""

    def __init__(self, broker: FakeBroker) -> None:
        self.broker = broker
        self.channels: list[FakeChannel] = []
        self.is_open = True

    def channel(self) -> "FakeChannel":
        self.broker.perform("channel")
        self.channels.append(FakeChannel(self))
        return self.channels[-1]

    def process_data_events(self, _seconds: float) -> None:
        time.sleep(TICK_SECONDS)
        self.check()
        for channel in self.channels:
            channel.deliver()

    def check(self) -> None:
        if not self.is_open:
            raise StreamLostError("Stream connection lost")

    def disconnect(self) -> None:
        self.is_open = False
        for channel in self.channels:
            channel.requeue_held()

    def close(self) -> None:
        if not self.is_open:
            raise ConnectionClosed(200, "closed already")
        self.broker.perform("close")
        self.disconnect()


class FakeConnection(FakePikaConnection):
    """A connection as this project's `Connection`: translates errors, and fails once a channel was closed."""

    server = Server("nowhere", 5672)

    def process_data_events(self, seconds: float) -> None:
        with translate_errors():
            super().process_data_events(seconds)
        if not all(channel.is_open for channel in self.channels):
            raise BrokerUnavailable("the broker closed the channel")

    def wake(self) -> None:
        """Do nothing: its waits are short."""

    def close(self) -> None:
        if self.is_open:
            super().close()


class FakeConfirmPublisher:
    """Publishes without waiting; the next wait confirms everything published so far."""

    server = Server("nowhere", 5672)

    def __init__(self, broker: FakeBroker) -> None:
        self._connection: Any = broker.connect("", "")
        self._published = self._confirmed = 0
        try:
            with translate_errors():
                self._channel = self._connection.channel()
                self._channel.exchange_declare(EXCHANGE, passive=True)
        except BrokerUnavailable:
            self.close()
            raise

    def publish(
        self, sensor_id: str, message_id: str, body: bytes, trace: TraceHeaders | None = None
    ) -> None:
        properties = pika.BasicProperties(message_id=message_id, headers=trace)
        with translate_errors():
            self._channel.basic_publish(EXCHANGE, routing_key(sensor_id), body, properties, mandatory=True)
        self._published += 1

    def wait(self, seconds: float) -> list[Confirm]:
        with translate_errors():
            self._connection.process_data_events(seconds)
        if self._connection.broker.without_majority:
            return []
        new = self._published - self._confirmed
        self._confirmed = self._published
        return [Confirm(self._published, multiple=True)] if new else []

    def close(self) -> None:
        close_quietly(self._connection)


class FakeChannel:
    """A channel, as pika's. Its unsettled messages return to their queue when it ends."""

    def __init__(self, connection: FakePikaConnection) -> None:
        self._connection = connection
        self._broker = connection.broker
        self._unsettled: dict[int, tuple[str, Message]] = {}
        self._tag = 0
        self._unread: deque[Message] = deque()
        self._consumed: tuple[str, Callable[..., None]] | None = None
        self._on_cancel: Callable[[Any], None] = lambda _frame: None
        self.prefetch = 0
        self.is_open = True

    def exchange_declare(self, name: str, *, passive: bool = False, **options: Any) -> None:
        self._connection.check()
        self._broker.perform(f"declare exchange {name} {options or ''}".strip())
        if not passive:
            self._broker.exchanges.add(name)
        elif name not in self._broker.exchanges:
            raise ChannelClosedByBroker(404, f"NOT_FOUND - no exchange '{name}'")

    def queue_declare(self, name: str, *, passive: bool = False, **options: Any) -> Any:
        self._broker.perform(f"declare queue {name} {options or ''}".strip())
        if passive and name not in self._broker.queues:
            raise ChannelClosedByBroker(404, f"NOT_FOUND - no queue '{name}'")
        ready = self._broker.queues.setdefault(name, deque())
        return pika.frame.Method(1, pika.spec.Queue.DeclareOk(name, len(ready), self._broker.consumers(name)))

    def queue_bind(self, queue: str, exchange: str, routing_key: str) -> None:
        self._broker.perform(f"bind {queue} {exchange} {routing_key}")
        self._broker.bindings[exchange] = queue

    def basic_qos(self, *, prefetch_count: int) -> None:
        self.prefetch = prefetch_count

    def confirm_delivery(self) -> None:
        self._broker.perform("confirm")

    def add_on_cancel_callback(self, callback: Callable[[Any], None]) -> None:
        self._on_cancel = callback

    def basic_consume(self, queue: str, callback: Callable[..., None]) -> str:
        self._broker.perform("consume")
        self._consumed = (queue, callback)
        return "consumer"

    @property
    def unsettled_tags(self) -> list[int]:
        return list(self._unsettled)

    @property
    def consumed_queue(self) -> str | None:
        return self._consumed[0] if self._consumed else None

    def basic_cancel(self, consumer_tag: str) -> None:
        self._connection.check()
        assert consumer_tag == "consumer"
        self._broker.perform("cancel")
        self._consumed = None

    def basic_get(self, queue: str) -> tuple[Any, Any, Any]:
        if not self._broker.queues[queue]:
            return None, None, None
        return self._get(queue)

    def basic_publish(
        self,
        exchange: str,
        routing_key: str,
        body: bytes,
        properties: pika.BasicProperties,
        mandatory: bool,
    ) -> None:
        self._connection.check()
        self._broker.perform(f"publish {exchange}/{routing_key}")
        message = Message(body, copy.copy(properties), exchange, routing_key)
        if self._broker.blocks_publishers:
            self._unread.append(message)
            raise PublishersBlocked("alarm")
        routed = self._broker.route(message)
        if mandatory and not routed:
            raise UnroutableError([])
        if self._broker.confirms_to_lose:
            self._broker.confirms_to_lose -= 1
            raise StreamLostError("the connection was lost before the confirm")

    def wait_for_confirms(self) -> None:
        self._connection.check()
        if self._broker.blocks_publishers:
            raise PublishersBlocked("alarm")
        while self._unread:
            self._broker.route(self._unread.popleft())

    def basic_ack(self, tag: int, *, multiple: bool = False) -> None:
        self._connection.check()
        self._broker.perform(f"ack up to {tag}" if multiple else "ack")
        if self._broker.loses_acks:
            return
        for each in self._tags(tag, multiple=multiple):
            self._settle(each)
        self.deliver()

    def basic_nack(self, tag: int, *, multiple: bool, requeue: bool) -> None:
        self._connection.check()
        assert requeue, "a nack without requeue would lose the message"
        self._broker.perform("requeue")
        for each in self._tags(tag, multiple=multiple):
            self._requeue(*self._settle(each))

    def _tags(self, tag: int, *, multiple: bool) -> list[int]:
        """Return the tags up to this one, which must be unsettled itself, as RabbitMQ requires."""
        return [each for each in self._unsettled if each < tag and multiple] + [tag]

    def cancel(self) -> None:
        """Cancel the consumer, as the broker does when its queue is deleted."""
        self._consumed = None
        self._on_cancel(None)

    def deliver(self) -> None:
        if self._consumed is None or not self.is_open:
            return
        queue, callback = self._consumed
        while self._broker.queues[queue] and len(self._unsettled) < self.prefetch:
            callback(self, *self._get(queue))

    def requeue_held(self) -> None:
        self.is_open = False
        for tag in list(self._unsettled):
            self._requeue(*self._settle(tag))

    def _get(self, queue: str) -> tuple[Any, Any, bytes]:
        message = self._broker.queues[queue].popleft()
        self._tag += 1
        self._unsettled[self._tag] = (queue, message)
        properties = copy.copy(message.properties)
        if message.returns:
            properties.headers = {**message.headers, "x-delivery-count": message.returns}
        method = pika.spec.Basic.Deliver(
            "consumer", self._tag, message.returns > 0, message.exchange, message.routing_key
        )
        return method, properties, message.body

    def _settle(self, tag: int) -> tuple[str, Message]:
        if tag not in self._unsettled:
            raise ChannelClosedByBroker(406, f"PRECONDITION_FAILED - unknown delivery tag {tag}")
        return self._unsettled.pop(tag)

    def _requeue(self, queue: str, message: Message) -> None:
        message.returns += 1
        messages = [message, *self._broker.queues[queue]]
        self._broker.queues[queue] = deque(sorted(messages, key=lambda each: each.position))
