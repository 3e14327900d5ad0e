"""A connection on which many messages are on their way at once, each to be confirmed."""

import time
from collections import deque
from contextlib import suppress
from typing import Any, Generic, NamedTuple, TypeVar

import pika
from pika.exceptions import AMQPError

from messaging.connection import BrokerUnavailable, parameters_of, translated, unavailable
from messaging.contract import CONTENT_TYPE, MESSAGE_TYPE
from messaging.errors import Unroutable
from messaging.topology import EXCHANGE, routing_key

CLOSE_SECONDS = 2.0
Item = TypeVar("Item")


class Confirm(NamedTuple):
    """The broker has this message, counted from 1; with `every`, all up to it."""

    number: int
    every: bool


class Window(Generic[Item]):
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


class Stream:
    """Publishes to the exchange without waiting; every method but `close` raises BrokerUnavailable.

    For one thread. pika's BlockingConnection waits for each confirm, hence its other connection here, whose
    loop is turned by `wait`. `depth` is the answer to `ask_depth`, None until it came.
    """

    def __init__(self, url: str, name: str) -> None:
        """Return once messages can be published.

        The exchange must be there; to declare it is not every publisher's right.
        """
        self.depth: int | None = None
        self._name = name
        self._confirms: list[Confirm] = []
        self._channel: Any = None
        self._confirming = self._gone = False
        self._error: BrokerUnavailable | None = None
        with translated():
            self._connection = pika.SelectConnection(
                parameters_of(url, name),
                on_open_callback=self._on_open,
                on_open_error_callback=self._on_end,
                on_close_callback=self._on_end,
            )
        self._loop = self._connection.ioloop
        self._loop.activate_poller()
        try:
            while not self._confirming:
                self.wait(CLOSE_SECONDS)
        except BaseException:
            self.close()
            raise

    def publish(self, sensor_id: str, message_id: str, body: bytes) -> None:
        """Give the message to the connection, which sends it in the next `wait`."""
        properties = reading_properties(message_id, self._name)
        with translated():
            self._channel.basic_publish(EXCHANGE, routing_key(sensor_id), body, properties, mandatory=True)

    def ask_depth(self, queue: str) -> None:
        """Ask how many messages wait in the queue; `depth` tells it after a later `wait`."""
        self.depth = None
        with translated():
            self._channel.queue_declare(queue, passive=True, callback=self._on_depth)

    def wait(self, seconds: float) -> list[Confirm]:
        """Let the connection work until something happens, for `seconds` at most; gives what was confirmed.

        Raises Unroutable when no queue took a message.
        """
        self._turn(seconds)
        confirms, self._confirms = self._confirms, []
        if self._error is not None and not confirms:
            raise self._error
        return confirms

    def close(self) -> None:
        """Close the connection, which may be gone already."""
        with suppress(AMQPError, OSError, BrokerUnavailable):
            if not (self._connection.is_closing or self._connection.is_closed):
                self._connection.close()
            deadline = time.monotonic() + CLOSE_SECONDS
            while not self._gone and (left := deadline - time.monotonic()) > 0:
                self._turn(left)
        self._loop.deactivate_poller()
        self._loop.close()

    def _turn(self, seconds: float) -> None:
        alarm = self._loop.call_later(seconds, lambda: None)
        with translated():
            self._loop.poll()
            self._loop.process_timeouts()
        self._loop.remove_timeout(alarm)

    def _on_open(self, connection: Any) -> None:
        connection.channel(on_open_callback=self._on_channel)

    def _on_channel(self, channel: Any) -> None:
        self._channel = channel
        channel.add_on_close_callback(self._on_channel_end)
        channel.add_on_return_callback(self._on_return)
        channel.exchange_declare(EXCHANGE, passive=True, callback=self._on_exchange)

    def _on_exchange(self, _frame: Any) -> None:
        self._channel.confirm_delivery(self._on_settled, callback=self._on_confirming)

    def _on_confirming(self, _frame: Any) -> None:
        self._confirming = True

    def _on_settled(self, frame: Any) -> None:
        if isinstance(frame.method, pika.spec.Basic.Nack):
            self._fail(BrokerUnavailable("the broker could not take a message"))
        elif self._error is None:
            self._confirms.append(Confirm(frame.method.delivery_tag, frame.method.multiple))

    def _on_depth(self, frame: Any) -> None:
        self.depth = int(frame.method.message_count)

    def _on_return(self, *_: Any) -> None:
        # Its confirm follows, and must not count.
        self._fail(Unroutable("no queue takes the message: run `sensorctl setup`"))

    def _on_channel_end(self, _channel: Any, reason: BaseException) -> None:
        self._fail(unavailable(reason))

    def _on_end(self, _connection: Any, reason: BaseException) -> None:
        self._gone = True
        self._fail(unavailable(reason))

    def _fail(self, error: BrokerUnavailable) -> None:
        self._error = self._error or error


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
