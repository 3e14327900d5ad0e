"""Limits on connections: how many there are, and how long a request or a response may take.

uvicorn waits for ever for the rest of a request, and for a client that does not read its response.
"""

import asyncio
import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from web.errors import PROBLEM_JSON, problem_details
from web.limits import RETRY_AFTER_SECONDS, Exceeded, Slots

MAX_CONNECTIONS = 256
# Behind Docker's port forwarding or a reverse proxy, many clients share one address.
MAX_CONNECTIONS_PER_ADDRESS = 128
# Refused connections that are still open because their client has not read the response yet.
MAX_REFUSED = 64
REFUSED_SECONDS = 2.0
# From the connection, or the first byte of a further request, to the last byte of the body.
REQUEST_SECONDS = 10.0
# How long a client may leave the response unread, once more of it waits than a socket holds.
UNREAD_SECONDS = 30.0
REQUEST_TIMEOUT = Exceeded(
    HTTPStatus.REQUEST_TIMEOUT, f"The request was not complete within {REQUEST_SECONDS:g} seconds."
)
UNFINISHED = (h11.IDLE, h11.SEND_BODY)


class ConnectionLimits:
    """The connections of one server. Not thread-safe: it belongs to the server's event loop."""

    def __init__(self) -> None:
        self.open = Slots("connections", total=MAX_CONNECTIONS, per_address=MAX_CONNECTIONS_PER_ADDRESS)
        self.refused = 0


class Deadline:
    """Calls a function at a time, unless it is cancelled before."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_set(self) -> bool:
        """Whether the function will be called, or was called."""
        return self._timer is not None

    def set(self, seconds: float, function: Callable[[], object]) -> None:
        """Call the function after some seconds."""
        self.cancel()
        self._timer = self._loop.call_later(seconds, function)

    def cancel(self) -> None:
        """Call nothing."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class LimitedProtocol(H11Protocol):
    """A connection that is refused above the limits, and closed when its client is too slow."""

    def __init__(self, limits: ConnectionLimits, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._limits = limits
        self._is_refused = False
        self._request_deadline = Deadline(self.loop)
        self._unread_deadline = Deadline(self.loop)

    @property
    def _address(self) -> str:
        return self.client[0] if self.client else ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Count the connection, or refuse it."""
        super().connection_made(transport)
        if exceeded := self._limits.open.acquire(self._address):
            self._refuse(exceeded)
        else:
            self._request_deadline.set(REQUEST_SECONDS, self._on_request_timeout)

    def data_received(self, data: bytes) -> None:
        """Handle data of the client, which has to complete a request in time."""
        if self._is_refused:
            return
        if not self._request_deadline.is_set and self.conn.their_state is h11.IDLE:
            self._request_deadline.set(REQUEST_SECONDS, self._on_request_timeout)
        super().data_received(data)
        if self.conn.their_state not in UNFINISHED:
            self._request_deadline.cancel()

    def pause_writing(self) -> None:
        """Wait for the client to read, but not for ever."""
        super().pause_writing()
        self._unread_deadline.set(UNREAD_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Continue the response."""
        super().resume_writing()
        self._unread_deadline.cancel()

    def connection_lost(self, exc: Exception | None) -> None:
        """Free the place of the connection."""
        self._request_deadline.cancel()
        self._unread_deadline.cancel()
        if self._is_refused:
            self._limits.refused -= 1
        else:
            self._limits.open.release(self._address)
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Respond to what is not HTTP with problem details, as to every other error."""
        self.transport.write(_response(Exceeded(HTTPStatus.BAD_REQUEST, msg)))
        self.transport.close()

    def _unsupported_upgrade_warning(self) -> None:
        """Log nothing: any client could fill the log. The request is handled without its Upgrade header."""

    def _on_request_timeout(self) -> None:
        is_responding = self.cycle is not None and self.cycle.response_started
        if not is_responding or self.conn.our_state is h11.IDLE:
            self.transport.write(_response(REQUEST_TIMEOUT))
        self.transport.close()

    def _refuse(self, exceeded: Exceeded) -> None:
        """Respond before the request, and close when the client has read that, or after a moment.

        To close at once, with the request unread, would reset the connection and lose the response.
        """
        self._is_refused = True
        self._limits.refused += 1
        if self._limits.refused > MAX_REFUSED:
            self.transport.abort()
            return
        self.transport.write(_response(exceeded, f"Retry-After: {RETRY_AFTER_SECONDS}"))
        self.transport.write_eof()
        self._request_deadline.set(REFUSED_SECONDS, self.transport.abort)


def create_protocol_factory() -> Callable[..., LimitedProtocol]:
    """Create what uvicorn calls for each connection of one server."""
    limits = ConnectionLimits()

    def create_protocol(*arguments: Any, **options: Any) -> LimitedProtocol:
        return LimitedProtocol(limits, *arguments, **options)

    return create_protocol


def _response(exceeded: Exceeded, *headers: str) -> bytes:
    body = json.dumps(problem_details(exceeded.status, exceeded.detail)).encode()
    lines = [
        f"HTTP/1.1 {exceeded.status.value} {exceeded.status.phrase}",
        f"Content-Type: {PROBLEM_JSON}",
        f"Content-Length: {len(body)}",
        "X-Content-Type-Options: nosniff",
        "Connection: close",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
