"""A broker in memory, with as much of pika's channel as this project calls."""

import copy
import itertools
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pika
from pika.exceptions import ChannelClosedByBroker, ConnectionClosed, StreamLostError, UnroutableError

from messaging.connection import close_quietly, translated
from messaging.errors import BrokerUnavailable
from messaging.stream import Confirm
from messaging.topology import EXCHANGE, routing_key

TICK_SECONDS = 0.002


@dataclass
class Message:
    """A message in a queue, which keeps the place and the count of returns of each."""

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

    `did` is what clients did, in order; `troubles` fail what they name; `confirms_to_lose` is how many
    messages are taken without their publisher hearing of it.
    """

    def __init__(self) -> None:
        self.queues: dict[str, deque[Message]] = {}
        self.exchanges: set[str] = set()
        self.bindings: dict[str, str] = {}
        self.connections: list[FakeConnection] = []
        self.did: list[str] = []
        self.troubles: dict[str, list[Exception]] = {}
        self.confirms_to_lose = 0

    def connect(self, _url: str, _name: str) -> "FakeConnection":
        self.do("connect")
        self.connections.append(FakeConnection(self))
        return self.connections[-1]

    def loop_connect(self, _url: str, _name: str) -> Any:
        with translated():
            self.do("connect")
        connection = FakeLoopConnection(self)
        self.connections.append(connection)
        return connection

    def do(self, what: str) -> None:
        """Note what a client did, or fail it."""
        troubles = self.troubles.get(what)  # at once, since a test may clear them meanwhile
        if troubles:
            raise troubles.pop(0)
        self.did.append(what)

    def put(
        self, queue: str, *bodies: bytes, headers: dict[str, Any] | None = None, returns: int = 0
    ) -> None:
        """Messages that are there already."""
        ready = self.queues.setdefault(queue, deque())
        for body in bodies:
            properties = pika.BasicProperties(headers=headers)
            ready.append(Message(body, properties, "sensors", "reading.kitchen", returns))

    def lose(self) -> None:
        """Cut every connection."""
        for connection in self.connections:
            connection.lose()

    def route(self, message: Message) -> bool:
        """Whether some queue takes the message."""
        queue = message.routing_key if message.exchange == "" else self.bindings.get(message.exchange, "")
        if queue not in self.queues:
            return False
        self.queues[queue].append(message)
        return True


class FakeConnection:
    """One client's connection."""

    def __init__(self, broker: FakeBroker) -> None:
        self.broker = broker
        self.channels: list[FakeChannel] = []
        self.is_open = True

    def channel(self) -> "FakeChannel":
        self.broker.do("channel")
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

    def lose(self) -> None:
        self.is_open = False
        for channel in self.channels:
            channel.give_back()

    def close(self) -> None:
        if not self.is_open:
            raise ConnectionClosed(200, "closed already")
        self.broker.do("close")
        self.lose()


class FakeLoopConnection(FakeConnection):
    """As this project's own: it ends with its channels, in this project's words, and closes quietly."""

    def process_data_events(self, seconds: float) -> None:
        with translated():
            super().process_data_events(seconds)
        if not all(channel.is_open for channel in self.channels):
            raise BrokerUnavailable("the broker closed the channel")

    def wake(self) -> None:
        """Its waits are short."""

    def close(self) -> None:
        if self.is_open:
            super().close()


class FakeStream:
    """A connection that publishes without waiting; everything that arrived is confirmed by the next wait."""

    def __init__(self, broker: FakeBroker) -> None:
        self._connection: Any = broker.connect("", "")
        self._published = self._confirmed = 0
        try:
            with translated():
                self._channel = self._connection.channel()
                self._channel.exchange_declare(EXCHANGE, passive=True)
        except BrokerUnavailable:
            self.close()
            raise

    def publish(self, sensor_id: str, message_id: str, body: bytes) -> None:
        properties = pika.BasicProperties(message_id=message_id)
        with translated():
            self._channel.basic_publish(EXCHANGE, routing_key(sensor_id), body, properties, mandatory=True)
        self._published += 1

    def wait(self, seconds: float) -> list[Confirm]:
        with translated():
            self._connection.process_data_events(seconds)
        new = self._published - self._confirmed
        self._confirmed = self._published
        return [Confirm(self._published, every=True)] if new else []

    def close(self) -> None:
        close_quietly(self._connection)


class FakeChannel:
    """A channel: what it was given and not yet settled goes back to its queue when it ends."""

    def __init__(self, connection: FakeConnection) -> None:
        self._connection = connection
        self._broker = connection.broker
        self._unsettled: dict[int, tuple[str, Message]] = {}
        self._tag = 0
        self._consumed: tuple[str, Callable[..., None]] | None = None
        self._on_cancel: Callable[[Any], None] = lambda _frame: None
        self.prefetch = 0
        self.is_open = True

    def exchange_declare(self, name: str, *, passive: bool = False, **options: Any) -> None:
        self._connection.check()
        self._broker.do(f"declare exchange {name} {options or ''}".strip())
        if not passive:
            self._broker.exchanges.add(name)
        elif name not in self._broker.exchanges:
            raise ChannelClosedByBroker(404, f"NOT_FOUND - no exchange '{name}'")

    def queue_declare(self, name: str, *, passive: bool = False, **options: Any) -> Any:
        self._broker.do(f"declare queue {name} {options or ''}".strip())
        if passive and name not in self._broker.queues:
            raise ChannelClosedByBroker(404, f"NOT_FOUND - no queue '{name}'")
        ready = self._broker.queues.setdefault(name, deque())
        return pika.frame.Method(1, pika.spec.Queue.DeclareOk(name, len(ready), 0))

    def queue_bind(self, queue: str, exchange: str, routing_key: str) -> None:
        self._broker.do(f"bind {queue} {exchange} {routing_key}")
        self._broker.bindings[exchange] = queue

    def basic_qos(self, *, prefetch_count: int) -> None:
        self.prefetch = prefetch_count

    def confirm_delivery(self) -> None:
        self._broker.do("confirm")

    def add_on_cancel_callback(self, callback: Callable[[Any], None]) -> None:
        self._on_cancel = callback

    def basic_consume(self, queue: str, callback: Callable[..., None]) -> str:
        self._broker.do("consume")
        self._consumed = (queue, callback)
        return "consumer"

    def basic_cancel(self, consumer_tag: str) -> None:
        self._connection.check()
        assert consumer_tag == "consumer"
        self._broker.do("cancel")
        self._consumed = None

    def basic_get(self, queue: str) -> tuple[Any, Any, Any]:
        if not self._broker.queues[queue]:
            return None, None, None
        return self._take(queue)

    def basic_publish(
        self,
        exchange: str,
        routing_key: str,
        body: bytes,
        properties: pika.BasicProperties,
        mandatory: bool,
    ) -> None:
        self._connection.check()
        self._broker.do(f"publish {exchange}/{routing_key}")
        routed = self._broker.route(Message(body, copy.copy(properties), exchange, routing_key))
        if mandatory and not routed:
            raise UnroutableError([])
        if self._broker.confirms_to_lose:
            self._broker.confirms_to_lose -= 1
            raise StreamLostError("the confirm never came")

    def basic_ack(self, tag: int, *, multiple: bool = False) -> None:
        self._connection.check()
        self._broker.do(f"ack up to {tag}" if multiple else "ack")
        for one in self._tags(tag, multiple=multiple):
            self._settle(one)
        self.deliver()

    def basic_nack(self, tag: int, *, multiple: bool, requeue: bool) -> None:
        self._connection.check()
        assert requeue, "nothing here may be thrown away"
        self._broker.do("requeue")
        for one in self._tags(tag, multiple=multiple):
            self._return(*self._settle(one))

    def _tags(self, tag: int, *, multiple: bool) -> list[int]:
        return [one for one in self._unsettled if one <= tag] or [tag] if multiple else [tag]

    def cancel(self) -> None:
        """What the broker does when the queue is deleted."""
        self._consumed = None
        self._on_cancel(None)

    def deliver(self) -> None:
        if self._consumed is None or not self.is_open:
            return
        queue, callback = self._consumed
        while self._broker.queues[queue] and len(self._unsettled) < self.prefetch:
            callback(self, *self._take(queue))

    def give_back(self) -> None:
        self.is_open = False
        for tag in list(self._unsettled):
            self._return(*self._settle(tag))

    def _take(self, queue: str) -> tuple[Any, Any, bytes]:
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

    def _return(self, queue: str, message: Message) -> None:
        message.returns += 1
        others = self._broker.queues[queue]
        self._broker.queues[queue] = deque(sorted([message, *others], key=lambda each: each.position))
