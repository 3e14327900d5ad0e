"""A connection on which many messages are on their way at once, each to be confirmed."""

import time
from collections import deque
from typing import Any, Generic, NamedTuple, TypeVar

import pika

from messaging.amqp.connection import translate_errors
from messaging.amqp.event_loop import Connection
from messaging.errors import BrokerUnavailable
from messaging.topology import EXCHANGE, routing_key
from readings.payload import CONTENT_TYPE, MESSAGE_TYPE

Item = TypeVar("Item")


class Confirm(NamedTuple):
    """The broker has this message, counted from 1; with `every`, all up to it."""

    number: int
    every: bool


class OutstandingConfirms(Generic[Item]):
    """What was published and not yet confirmed, in order; the broker numbers messages from 1."""

    def __init__(self) -> None:
        self._waiting: deque[Item] = deque()
        self._first = 1
        self._confirmed: set[int] = set()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, item: Item) -> None:
        """The message with the next number."""
        self._waiting.append(item)

    def confirm(self, confirm: Confirm) -> list[Item]:
        """Note a confirm; gives what is now confirmed together with all before it, in order."""
        if not confirm.every:
            self._confirmed.add(confirm.number)
        up_to = confirm.number if confirm.every else 0
        done = []
        while self._waiting and (self._first <= up_to or self._first in self._confirmed):
            self._confirmed.discard(self._first)
            done.append(self._waiting.popleft())
            self._first += 1
        return done

    def begin_anew(self) -> list[Item]:
        """On another connection: what is to be published again, numbered from 1."""
        self._first = 1
        self._confirmed.clear()
        return list(self._waiting)


class ConfirmPublisher:
    """Publishes to the exchange without waiting; every method but `close` raises BrokerUnavailable.

    For one thread. `depth` is the answer to `ask_depth`, None until it came.
    """

    def __init__(self, url: str, name: str) -> None:
        """Return once messages can be published.

        The exchange must be there; to declare it is not every publisher's right.
        """
        self.depth: int | None = None
        self._name = name
        self._confirms: list[Confirm] = []
        self._connection = Connection(url, name)
        try:
            self._channel = self._connection.open_channel()
            self._connection.answer(self._channel.exchange_declare, EXCHANGE, passive=True)
            self._connection.confirm(self._channel, self._on_confirm)
        except BaseException:
            self.close()
            raise

    def publish(self, sensor_id: str, message_id: str, body: bytes) -> None:
        """Give the message to the connection, which sends it at once or in the next `wait`."""
        properties = reading_properties(message_id, self._name)
        self._connection.check()
        with translate_errors():
            self._channel.basic_publish(EXCHANGE, routing_key(sensor_id), body, properties, mandatory=True)

    def ask_depth(self, queue: str) -> None:
        """Ask how many messages wait in the queue; `depth` tells it after a later `wait`."""
        self.depth = None
        with translate_errors():
            self._channel.queue_declare(queue, passive=True, callback=self._on_depth)

    def wait(self, seconds: float) -> list[Confirm]:
        """Let the connection work until something happens, for `seconds` at most; gives what was confirmed.

        Raises Unroutable when no queue took a message.
        """
        try:
            self._connection.process_data_events(seconds)
        except BrokerUnavailable:
            if not self._confirms:
                raise
        confirms, self._confirms = self._confirms, []
        return confirms

    def close(self) -> None:
        """Close the connection, which may be gone already."""
        self._connection.close()

    def _on_confirm(self, method: Any) -> None:
        self._confirms.append(Confirm(method.delivery_tag, method.multiple))

    def _on_depth(self, frame: Any) -> None:
        self.depth = int(frame.method.message_count)


def reading_properties(message_id: str, app_id: str) -> pika.BasicProperties:
    """The properties of a reading's message, published now."""
    return pika.BasicProperties(
        content_type=CONTENT_TYPE,
        delivery_mode=pika.DeliveryMode.Persistent,
        message_id=message_id,
        timestamp=int(time.time()),
        type=MESSAGE_TYPE,
        app_id=app_id,
    )
