"""Publish many messages: many outstanding confirms, across broker losses, into a queue of bounded depth."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, Protocol

from messaging.amqp.hosts import Server
from messaging.amqp.transport import NO_RESPONSE, RESPONSE_TIMEOUT_SECONDS
from messaging.errors import BrokerRefused, BrokerUnavailable, Unroutable
from messaging.publishing.confirm_publisher import Confirm, OutstandingConfirms
from messaging.spans import SendSpans
from runtime.tracing import TraceHeaders

# More gains little (docs/adr/0011-import-and-export.md), and everything in flight is sent again after a loss.
MAX_IN_FLIGHT = 1_000
WAIT_SECONDS = 0.1
# A slow source must not delay the messages it has already yielded.
FILL_SECONDS = 0.2
RECONNECT_SECONDS = 1.0


class Message(NamedTuple):
    """A message to publish; `context` is for the caller's own use."""

    sensor_id: str
    message_id: str
    body: bytes
    context: Any


class BulkEvents(Protocol):
    """Receives the progress."""

    def confirmed(self, last: Message) -> None:
        """Record that the broker has confirmed this message and all before it."""

    def waiting(self, depth: int) -> None:
        """Record that the queue has reached its maximum depth; publishing pauses."""

    def lost(self, reason: str) -> None:
        """Record that the broker is lost and retried."""


class Connection(Protocol):
    """The part of ConfirmPublisher that is used."""

    @property
    def depth(self) -> int | None: ...  # noqa: D102 (ConfirmPublisher's)
    @property
    def server(self) -> Server: ...  # noqa: D102 (ConfirmPublisher's)

    def publish(  # noqa: D102 (ConfirmPublisher's)
        self, sensor_id: str, message_id: str, body: bytes, trace: TraceHeaders | None = None
    ) -> None: ...
    def request_queue_depth(self, queue: str) -> None: ...  # noqa: D102 (ConfirmPublisher's)
    def wait(self, seconds: float) -> list[Confirm]: ...  # noqa: D102 (ConfirmPublisher's)
    def close(self) -> None: ...  # noqa: D102 (ConfirmPublisher's)


class BulkPublisher:
    """Publishes messages in order with up to MAX_IN_FLIGHT outstanding confirms.

    It keeps at most `max_queue_depth` messages in `queue` (0: no limit), so that live readings do not queue
    behind history. After a broker loss, unconfirmed messages are published again. A broker that is down for
    `retry_timeout_seconds`, or at the start, ends it. With `keep_open` the connection is kept until `close`,
    for several calls of `publish`, between which less than a heartbeat may pass.
    """

    def __init__(
        self,
        connect: Callable[[], Connection],
        events: BulkEvents,
        *,
        queue: str,
        max_queue_depth: int,
        retry_timeout_seconds: float,
        keep_open: bool = False,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._connect = connect
        self._events = events
        self._queue = queue
        self._max_queue_depth = max_queue_depth
        self._retry_timeout_seconds = retry_timeout_seconds
        self._keep_open = keep_open
        self._connection: Connection | None = None
        self._clock = clock
        self._sleep = sleep
        self._window: OutstandingConfirms[Message] = OutstandingConfirms(clock)
        self._spans = SendSpans()
        self._exhausted = False
        self._last_response_at: float | None = None
        self._allowed = self._uncounted = 0
        self._requested = False
        self._requested_at = self._next_request_at = 0.0

    def publish(self, messages: Iterable[Message]) -> None:
        """Return once all messages are confirmed.

        Raises:
            BrokerUnavailable: When the broker is down for too long.
            BrokerRefused: When the broker denies access.
            Unroutable: When no queue accepts a message.
        """
        source = iter(messages)
        self._exhausted = False
        while self._unfinished:
            try:
                self._publish_until_lost(source)
            except (Unroutable, BrokerRefused):
                raise
            except BrokerUnavailable as error:
                if self._has_timed_out():
                    raise
                self._events.lost(str(error))
                self._sleep(RECONNECT_SECONDS)

    def _has_timed_out(self) -> bool:
        last = self._last_response_at
        return last is None or self._clock() - last > self._retry_timeout_seconds

    @property
    def _unfinished(self) -> bool:
        return not self._exhausted or len(self._window) > 0

    def close(self) -> None:
        """Close the connection that `keep_open` has kept."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _publish_until_lost(self, source: Iterator[Message]) -> None:
        """Publish until everything is confirmed or the connection is lost."""
        try:
            connection = self._connection or self._open()
            while self._unfinished:
                self._update_allowance(connection)
                self._fill(connection, source)
                self._settle(connection.wait(WAIT_SECONDS))
                self._window.check_progress()
        except BaseException as error:
            self._spans.lost(error)
            self.close()
            raise
        if not self._keep_open:
            self.close()

    def _open(self) -> Connection:
        """Connect, and publish again what was not confirmed."""
        connection = self._connection = self._connect()
        self._last_response_at = self._last_response_at or self._clock()
        self._allowed, self._requested, self._next_request_at = 0, False, 0.0
        for message in self._window.reset():
            self._send(connection, message)
        return connection

    def _update_allowance(self, connection: Connection) -> None:
        """Request the queue's depth; derive how many messages may be published until the next response.

        Raises:
            BrokerUnavailable: When the broker has not responded for RESPONSE_TIMEOUT_SECONDS.
        """
        if self._requested and connection.depth is not None:
            self._requested, self._next_request_at = False, self._clock() + WAIT_SECONDS
            self._last_response_at = self._clock()
            self._allowed = self._max_queue_depth - connection.depth - self._uncounted
            if connection.depth >= self._max_queue_depth:
                self._events.waiting(connection.depth)
        if self._requested and self._clock() - self._requested_at > RESPONSE_TIMEOUT_SECONDS:
            raise BrokerUnavailable(NO_RESPONSE)
        if self._max_queue_depth and not self._requested and self._clock() >= self._next_request_at:
            self._requested, self._requested_at = True, self._clock()
            connection.request_queue_depth(self._queue)
            # The depth may or may not include what is in flight, and what is published until the response.
            self._uncounted = len(self._window)

    def _fill(self, connection: Connection, source: Iterator[Message]) -> None:
        until = self._clock() + FILL_SECONDS
        while len(self._window) < MAX_IN_FLIGHT and self._may_publish and self._clock() < until:
            message = next(source, None)
            if message is None:
                self._exhausted = True
                return
            self._window.add(message)
            self._allowed -= 1
            self._uncounted += 1
            self._send(connection, message)

    def _send(self, connection: Connection, message: Message) -> None:
        trace = self._spans.start_trace(message.sensor_id, message.message_id, connection.server)
        connection.publish(*message[:3], trace)

    @property
    def _may_publish(self) -> bool:
        return not self._exhausted and (self._max_queue_depth == 0 or self._allowed > 0)

    def _settle(self, confirms: list[Confirm]) -> None:
        done = [message for confirm in confirms for message in self._window.confirm(confirm)]
        if confirms:
            self._last_response_at = self._clock()
        for message in done:
            self._spans.confirmed(message.message_id)
        if done:
            self._events.confirmed(done[-1])
