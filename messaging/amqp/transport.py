"""The transport of a connection: pika's own, with less work per frame (docs/adr/0017-own-event-loop.md)."""

from collections.abc import Callable

import pika
from pika.adapters.select_connection import IOLoop
from pika.adapters.utils.selector_ioloop_adapter import SelectorIOServicesAdapter


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
