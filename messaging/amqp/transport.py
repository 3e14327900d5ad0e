"""The transport of a connection: pika's own, with less work per frame (docs/adr/0017-own-event-loop.md).

A wait for a response has a limit, which pika does not have: a node of a cluster that is cut off from the
others, or a queue without the majority of its nodes, may never respond.
"""

from collections.abc import Callable

import pika
from pika.adapters.select_connection import IOLoop
from pika.adapters.utils.selector_ioloop_adapter import SelectorIOServicesAdapter
from pika.exceptions import AMQPConnectionError

RESPONSE_TIMEOUT_SECONDS = 30.0
NO_RESPONSE = (
    f"the broker did not respond for {RESPONSE_TIMEOUT_SECONDS:g} s: it may be overloaded, or without the "
    "majority of its nodes"
)


class EagerSockets(SelectorIOServicesAdapter):  # type: ignore[misc]  # pika ships no types
    """Send at once what a socket accepts at once; pika waits for epoll to report it writable first.

    Only while `eager`, which is for a socket that is connected and does not use TLS.
    """

    def __init__(self, loop: IOLoop) -> None:
        super().__init__(loop)
        self.eager = False
        self._sending = False

    def set_writer(self, fd: int, on_writable: Callable[[], None]) -> None:
        """Let pika send, and watch the socket for the remaining data."""
        if not (self.eager and self._send(on_writable)):
            super().set_writer(fd, on_writable)

    def remove_writer(self, fd: int) -> bool:
        """Stop watching the socket: nothing remains to be sent, or the socket is abandoned."""
        if self._sending:
            self._sending = False
            return True
        return bool(super().remove_writer(fd))

    def _send(self, on_writable: Callable[[], None]) -> bool:
        """Return whether everything was sent."""
        self._sending = True
        try:
            on_writable()
            return not self._sending
        finally:
            self._sending = False


class DirectDeliveryConnection(pika.SelectConnection):  # type: ignore[misc]  # pika ships no types
    """Hand each delivery to its channel without pika's search for other callbacks for such a frame."""

    def _process_callbacks(self, frame_value: pika.frame.Frame) -> bool:
        """Return whether a callback was waiting for this frame; none can wait for a delivery."""
        is_method = frame_value.frame_type == pika.spec.FRAME_METHOD
        if not is_method or frame_value.method.INDEX == pika.spec.Basic.Deliver.INDEX:
            return False
        return bool(super()._process_callbacks(frame_value))


def read_once_per_event(connection: pika.SelectConnection) -> None:
    """Read from the socket once each time that epoll reports it; only for a connection without TLS.

    pika reads until that fails because nothing remains. What remains is reported again.
    """
    connection._transport._MAX_CONSUME_BYTES = 1  # noqa: SLF001 (pika has no public setting for it)


class TimedConnection(pika.BlockingConnection):  # type: ignore[misc]  # pika ships no types
    """End the connection when the broker does not respond in time."""

    def __init__(self, parameters: pika.ConnectionParameters) -> None:
        self._is_waiting_for_events = False
        super().__init__(parameters)

    def process_data_events(self, time_limit: float | None = 0) -> None:
        """Process events as pika does: nothing has to happen."""
        self._is_waiting_for_events = True
        try:
            super().process_data_events(time_limit)
        finally:
            self._is_waiting_for_events = False

    def _flush_output(self, *waiters: Callable[[], bool]) -> None:
        if self._is_waiting_for_events:
            super()._flush_output(*waiters)
            return
        loop = self._impl.ioloop
        timer = loop.call_later(RESPONSE_TIMEOUT_SECONDS, self._end)
        try:
            super()._flush_output(*waiters)
        finally:
            loop.remove_timeout(timer)

    def _end(self) -> None:
        end_stream(self._impl)


def end_stream(connection: pika.SelectConnection) -> None:
    """Close the socket of a connection whose broker does not respond, also to its close."""
    error = AMQPConnectionError(NO_RESPONSE)
    connection._terminate_stream(error)  # noqa: SLF001 (as pika ends a connection that is blocked for too long)
