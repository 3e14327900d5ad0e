"""A blocking connection that keeps its event loop from one wait to the next.

It has as much of pika's BlockingConnection as consumers and streams use, with the same words. That one makes
an epoll set, a timer and an event for each of its waits, several times a message; here they stay
(docs/adr/0017-own-event-loop.md).
"""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pika
from pika.adapters.select_connection import IOLoop
from pika.adapters.utils.selector_ioloop_adapter import SelectorIOServicesAdapter
from pika.exceptions import AMQPError

from messaging.amqp.connection import parameters_of, translate_errors, unavailable
from messaging.amqp.headers import tolerate
from messaging.errors import BrokerUnavailable, Unroutable

CLOSE_SECONDS = 2.0
WAIT_SECONDS = 1.0


class EagerSockets(SelectorIOServicesAdapter):  # type: ignore[misc]  # pika ships no types
    """Sends at once what a socket takes at once; pika asks epoll first whether it would.

    Only while `eager`, which is for a socket that is connected and speaks no TLS.
    """

    def __init__(self, loop: IOLoop) -> None:
        super().__init__(loop)
        self.eager = False
        self._sending = False

    def set_writer(self, fd: int, on_writable: Callable[[], None]) -> None:
        """Let pika send, and watch the socket for what is left."""
        if not (self.eager and self._send(on_writable)):
            super().set_writer(fd, on_writable)

    def remove_writer(self, fd: int) -> bool:
        """Nothing is left to be sent; or the socket is given up."""
        if self._sending:
            self._sending = False
            return True
        return bool(super().remove_writer(fd))

    def _send(self, on_writable: Callable[[], None]) -> bool:
        """Whether nothing is left."""
        self._sending = True
        try:
            on_writable()
            return not self._sending
        finally:
            self._sending = False


class QuickConnection(pika.SelectConnection):  # type: ignore[misc]  # pika ships no types
    """Hands each delivery to its channel at once; pika looks first for who else waits for such a frame."""

    def _process_callbacks(self, frame_value: pika.frame.Frame) -> bool:
        """Whether somebody was called who waits for such a frame: nobody can wait for a delivery."""
        is_method = frame_value.frame_type == pika.spec.FRAME_METHOD
        if not is_method or frame_value.method.INDEX == pika.spec.Basic.Deliver.INDEX:
            return False
        return bool(super()._process_callbacks(frame_value))


class Connection:
    """For one thread, but for `wake`; all but `close` raise BrokerUnavailable once the connection is lost."""

    def __init__(self, url: str, name: str) -> None:
        """Return once it is open; the management UI shows it as `name`."""
        tolerate()
        self._error: BrokerUnavailable | None = None
        self._opened = self._gone = False
        self._alarm: Any = None
        self._alarm_at = 0.0
        with translate_errors():
            parameters = parameters_of(url, name)
            self._loop = IOLoop()
            self._sockets = EagerSockets(self._loop)
            self._connection = QuickConnection(
                parameters,
                on_open_callback=self._on_open,
                on_open_error_callback=self._on_end,
                on_close_callback=self._on_end,
                custom_ioloop=self._sockets,
            )
        self._loop.activate_poller()
        try:
            self.wait_for(lambda: self._opened)
        except BaseException:
            self.close()
            raise
        self._sockets.eager = parameters.ssl_options is None

    @property
    def is_open(self) -> bool:
        """Whether messages can come and go, as far as is known."""
        return bool(self._connection.is_open)

    def check(self) -> None:
        """Raise what the connection was lost over, if it was."""
        if self._error is not None:
            raise self._error

    def process_data_events(self, time_limit: float) -> None:
        """Let the connection work until something happens, for at most so many seconds."""
        self.check()
        self._ring_within(time_limit)
        self._turn()
        self.check()

    def wake(self) -> None:
        """End a wait that is going on; for any thread."""
        self._loop.add_callback_threadsafe(lambda: None)

    def send(self, method: Callable[..., Any], *arguments: Any) -> None:
        """Call a method of a pika channel that has no answer, and have it sent before anything else."""
        self.check()
        method(*arguments)
        if not self._sockets.eager:
            self._turn()

    def wait_for(self, condition: Callable[[], object]) -> None:
        """Let the connection work until the condition holds."""
        while not condition():
            self.process_data_events(WAIT_SECONDS)

    def answer(self, method: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """Call a method of a pika channel and wait for the broker's answer."""
        answers: list[Any] = []
        self.check()
        with translate_errors():
            method(*arguments, callback=answers.append, **options)
        self.wait_for(lambda: answers)
        return answers[0]

    def channel(self) -> "Channel":
        """Open a channel."""
        return Channel(self, self.open_channel())

    def open_channel(self) -> Any:
        """Open a channel of pika's own kind. When the broker closes it, the connection is lost as well."""
        opened: list[Any] = []
        self.check()
        with translate_errors():
            channel = self._connection.channel(on_open_callback=opened.append)
            channel.add_on_close_callback(lambda _channel, reason: self._fail(unavailable(reason)))
        self.wait_for(lambda: opened)
        return channel

    def confirm(self, channel: Any, on_confirm: Callable[[Any], None]) -> None:
        """From now on `on_confirm` hears which messages the broker has; one that it refuses ends all."""

        def settled(frame: Any) -> None:
            if isinstance(frame.method, pika.spec.Basic.Nack):
                self._fail(BrokerUnavailable("the broker could not take a message"))
            elif self._error is None:  # the confirm of a message that came back must not count
                on_confirm(frame.method)

        def returned(*_: Any) -> None:
            self._fail(Unroutable("no queue takes the message: run `sensorctl setup`"))

        channel.add_on_return_callback(returned)
        self.answer(channel.confirm_delivery, settled)

    def close(self) -> None:
        """Close the connection, which may be gone already; what was given to it before is sent."""
        with suppress(AMQPError, OSError, BrokerUnavailable):
            if not (self._connection.is_closing or self._connection.is_closed):
                self._connection.close()
            deadline = time.monotonic() + CLOSE_SECONDS
            while not self._gone and (left := deadline - time.monotonic()) > 0:
                self._ring_within(left)
                self._turn()
        self._loop.deactivate_poller()
        self._loop.close()

    def _turn(self) -> None:
        with translate_errors():
            self._loop.poll()
            self._loop.process_timeouts()

    def _ring_within(self, seconds: float) -> None:
        """End the wait then, or a little earlier, by an alarm that is set already."""
        latest = time.monotonic() + seconds
        if self._alarm is not None:
            if self._alarm_at <= latest:
                return
            self._loop.remove_timeout(self._alarm)
        self._alarm = self._loop.call_later(seconds, self._on_alarm)
        self._alarm_at = latest

    def _on_alarm(self) -> None:
        self._alarm = None

    def _on_open(self, _connection: Any) -> None:
        self._opened = True

    def _on_end(self, _connection: Any, reason: BaseException) -> None:
        self._gone = True
        self._fail(unavailable(reason))

    def _fail(self, error: BrokerUnavailable) -> None:
        self._error = self._error or error


class Channel:
    """A channel of it; the methods do what pika's BlockingChannel promises."""

    def __init__(self, connection: Connection, channel: Any) -> None:
        self._connection = connection
        self._channel = channel
        self._published = self._confirmed = 0

    def exchange_declare(self, exchange: str, **options: Any) -> Any:
        """Return once it is there."""
        return self._connection.answer(self._channel.exchange_declare, exchange, **options)

    def queue_declare(self, queue: str, **options: Any) -> Any:
        """Return once it is there."""
        return self._connection.answer(self._channel.queue_declare, queue, **options)

    def queue_bind(self, queue: str, exchange: str, **options: Any) -> Any:
        """Return once it is bound."""
        return self._connection.answer(self._channel.queue_bind, queue, exchange, **options)

    def basic_qos(self, **options: Any) -> None:
        """Bound what is in hand."""
        self._connection.answer(self._channel.basic_qos, **options)

    def add_on_cancel_callback(self, callback: Callable[[Any], None]) -> None:
        """Hear when the broker cancels the consumer."""
        self._channel.add_on_cancel_callback(callback)

    def basic_consume(self, queue: str, on_message_callback: Callable[..., None]) -> str:
        """Have messages brought; gives the consumer tag."""
        answer = self._connection.answer(self._channel.basic_consume, queue, on_message_callback)
        return str(answer.method.consumer_tag)

    def basic_cancel(self, consumer_tag: str) -> None:
        """Ask for no more messages; pika gives back those that are on their way."""
        self._connection.send(self._channel.basic_cancel, consumer_tag)

    def basic_ack(self, delivery_tag: int, *, multiple: bool = False) -> None:
        """Say that the message is done."""
        self._connection.send(self._channel.basic_ack, delivery_tag, multiple)

    def basic_nack(self, delivery_tag: int, *, multiple: bool, requeue: bool) -> None:
        """Give the message back."""
        self._connection.send(self._channel.basic_nack, delivery_tag, multiple, requeue)

    def confirm_delivery(self) -> None:
        """From now on each publish waits for its confirm."""
        self._connection.confirm(self._channel, self._on_confirm)

    def basic_publish(
        self,
        exchange: str,
        routing_key: str,
        body: bytes,
        properties: pika.BasicProperties,
        mandatory: bool,  # noqa: FBT001 (as pika has it)
    ) -> None:
        """Return once the broker has confirmed it; raises Unroutable when no queue takes it."""
        self._connection.check()
        self._channel.basic_publish(exchange, routing_key, body, properties, mandatory)
        self._published += 1
        self._connection.wait_for(lambda: self._confirmed == self._published)

    def _on_confirm(self, method: Any) -> None:
        self._confirmed = method.delivery_tag
