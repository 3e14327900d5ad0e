"""A blocking connection that keeps its event loop between waits.

It offers the part of pika's BlockingConnection that consumers and publishers use, under the same names.
BlockingConnection creates an epoll set, a timer and an event for each wait, several times per message; this
class creates them once (docs/adr/0017-own-event-loop.md).
"""

import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pika
from pika.adapters.select_connection import IOLoop
from pika.exceptions import AMQPError

from messaging.amqp.channel import Channel
from messaging.amqp.connection import connection_parameters, to_broker_unavailable, translate_errors
from messaging.amqp.headers import install_lenient_decoder
from messaging.amqp.hosts import Server, try_hosts
from messaging.amqp.transport import (
    CLOSE_TIMEOUT_SECONDS,
    NO_RESPONSE,
    RESPONSE_TIMEOUT_SECONDS,
    DirectDeliveryConnection,
    EagerSockets,
    end_stream,
    read_once_per_event,
)
from messaging.errors import BrokerUnavailable, PublishersBlocked, Unroutable

WAIT_SECONDS = 1.0
BLOCKED = "the broker has a memory or disk alarm, and accepts no messages"


class Connection:
    """A connection for one thread, except for `wake`.

    Once the connection is lost, every method except `close` raises BrokerUnavailable. `while_waiting` is
    called every second while a response is awaited, and may raise to end that.
    """

    def __init__(
        self,
        url: str,
        name: str,
        while_waiting: Callable[[], None] = lambda: None,
        *,
        outlives_alarms: bool = False,
    ) -> None:
        """Return once it is open, to one of the URL's hosts; the management UI shows it as `name`.

        A broker with a memory or disk alarm blocks a connection that publishes. It is lost after ten seconds
        then, or with `outlives_alarms` it stays, and waits raise PublishersBlocked.
        """
        install_lenient_decoder()
        self._name = name
        self._while_waiting = while_waiting
        self._outlives_alarms = outlives_alarms
        try_hosts(url, self._open)

    def _open(self, host_url: str, timeout_seconds: float) -> None:
        self._error: BrokerUnavailable | None = None
        self._opened = self._closed = False
        self._is_blocked = False
        self._timer: Any = None
        self._timer_at = 0.0
        with translate_errors():
            parameters = connection_parameters(host_url, self._name, timeout_seconds)
            if self._outlives_alarms:
                parameters.blocked_connection_timeout = None
            self.server = Server(parameters.host, parameters.port)
            self._loop = IOLoop()
            self._sockets = EagerSockets(self._loop)
            self._connection = DirectDeliveryConnection(
                parameters,
                on_open_callback=self._on_open,
                on_open_error_callback=self._on_close,
                on_close_callback=self._on_close,
                custom_ioloop=self._sockets,
            )
            self._connection.add_on_connection_blocked_callback(partial(self._set_blocked, is_blocked=True))
            self._connection.add_on_connection_unblocked_callback(
                partial(self._set_blocked, is_blocked=False)
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
        """Whether messages can be sent and received, as far as is known."""
        return bool(self._connection.is_open)

    def check(self) -> None:
        """Check that the connection is not lost.

        Raises:
            BrokerUnavailable: With the reason why it was lost.
        """
        if self._error is not None:
            raise self._error

    def process_data_events(self, time_limit: float) -> None:
        """Process events until something happens, for at most `time_limit` seconds."""
        self.check()
        self._schedule_wakeup(time_limit)
        self._run_once()
        self.check()

    def wake(self) -> None:
        """End the current wait; may be called from any thread."""
        self._loop.add_callback_threadsafe(lambda: None)

    def send(self, method: Callable[..., Any], *arguments: Any) -> None:
        """Call a method of a pika channel that has no response, and send it before anything else."""
        self.check()
        method(*arguments)
        if not self._sockets.eager:
            self._run_once()

    def wait_for(self, condition: Callable[[], object]) -> None:
        """Process events until the condition holds.

        Raises:
            PublishersBlocked: When the broker has blocked a connection that outlives that.
            BrokerUnavailable: When that takes too long, or the connection is lost.
        """
        deadline = time.monotonic() + RESPONSE_TIMEOUT_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise BrokerUnavailable(NO_RESPONSE)
            self.process_data_events(WAIT_SECONDS)
            self._while_waiting()
            if self._is_blocked and self._outlives_alarms and not condition():
                raise PublishersBlocked(BLOCKED)

    def rpc(self, method: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """Call a method of a pika channel and return the broker's response."""
        responses: list[Any] = []
        self.check()
        with translate_errors():
            method(*arguments, callback=responses.append, **options)
        self.wait_for(lambda: responses)
        return responses[0]

    def channel(self) -> Channel:
        """Open a channel."""
        return Channel(self, self.open_channel())

    def open_channel(self) -> Any:
        """Open a pika channel. When the broker closes it, the connection counts as lost too."""
        opened: list[Any] = []
        self.check()
        with translate_errors():
            channel = self._connection.channel(on_open_callback=opened.append)
            channel.add_on_close_callback(lambda _channel, reason: self._fail(to_broker_unavailable(reason)))
        self.wait_for(lambda: opened)
        return channel

    def expect_single_messages(self) -> None:
        """Do not look for more after each read: the broker sends no message until the last one is acked."""
        if self._sockets.eager:
            read_once_per_event(self._connection)

    def enable_confirms(self, channel: Any, on_confirm: Callable[[Any], None]) -> None:
        """Turn on publisher confirms: `on_confirm` gets each ack; a nack or a return ends the connection."""

        def settle(frame: Any) -> None:
            if isinstance(frame.method, pika.spec.Basic.Nack):
                self._fail(BrokerUnavailable("the broker could not accept a message"))
            elif self._error is None:  # the confirm of a returned message must not count
                on_confirm(frame.method)

        def on_return(*_: Any) -> None:
            self._fail(Unroutable("no queue accepts the message: run `sensorctl setup`"))

        channel.add_on_return_callback(on_return)
        self.rpc(channel.confirm_delivery, settle)

    def close(self) -> None:
        """Send what was handed over before, and close the connection, which may already be lost."""
        with suppress(AMQPError, OSError, BrokerUnavailable):
            if not (self._connection.is_closing or self._connection.is_closed):
                self._connection.close()
            deadline = time.monotonic() + CLOSE_TIMEOUT_SECONDS
            while not self._closed and (remaining := deadline - time.monotonic()) > 0:
                self._schedule_wakeup(remaining)
                self._run_once()
            if not self._closed:
                end_stream(self._connection, NO_RESPONSE)
                self._run_once()
        self._loop.deactivate_poller()
        self._loop.close()

    def _run_once(self) -> None:
        with translate_errors():
            self._loop.poll()
            self._loop.process_timeouts()

    def _schedule_wakeup(self, seconds: float) -> None:
        """End the next wait after `seconds` at the latest; a timer that fires earlier is kept."""
        latest = time.monotonic() + seconds
        if self._timer is not None:
            if self._timer_at <= latest:
                return
            self._loop.remove_timeout(self._timer)
        self._timer = self._loop.call_later(seconds, self._on_timer)
        self._timer_at = latest

    def _on_timer(self) -> None:
        self._timer = None

    def _set_blocked(self, *_: Any, is_blocked: bool) -> None:
        self._is_blocked = is_blocked

    def _on_open(self, _connection: Any) -> None:
        self._opened = True

    def _on_close(self, _connection: Any, reason: BaseException) -> None:
        self._closed = True
        self._fail(to_broker_unavailable(reason))

    def _fail(self, error: BrokerUnavailable) -> None:
        self._error = self._error or error
