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
# A process must stop within 10 seconds, also while its broker is frozen.
CLOSE_TIMEOUT_SECONDS = 2.0


def no_response(seconds: float) -> str:
    """Return the reason of a connection whose broker has not responded for this time."""
    return (
        f"the broker did not respond for {seconds:g} s: it may be overloaded, or without the majority of its "
        "nodes"
    )


NO_RESPONSE = no_response(RESPONSE_TIMEOUT_SECONDS)


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
    """End the connection when the broker does not respond within `response_seconds` (None: the default)."""

    def __init__(self, parameters: pika.ConnectionParameters, response_seconds: float | None = None) -> None:
        self._response_seconds = response_seconds
        self._is_waiting_for_events = False
        super().__init__(parameters)

    def close(self, reply_code: int = 200, reply_text: str = "Normal shutdown") -> None:
        """Close the connection as pika does, without waiting long for the broker's response."""
        self._response_seconds = CLOSE_TIMEOUT_SECONDS
        super().close(reply_code, reply_text)

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
        seconds = RESPONSE_TIMEOUT_SECONDS if self._response_seconds is None else self._response_seconds
        timer = loop.call_later(seconds, lambda: end_stream(self._impl, no_response(seconds)))
        try:
            super()._flush_output(*waiters)
        finally:
            loop.remove_timeout(timer)


def end_stream(connection: pika.SelectConnection, reason: str) -> None:
    """Close the socket of a connection whose broker does not respond, also to its close."""
    error = AMQPConnectionError(reason)
    connection._terminate_stream(error)  # noqa: SLF001 (as pika ends a connection that is blocked for too long)
