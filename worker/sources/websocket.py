"""JSON messages over a WebSocket: the connection of the live sources, with this project's errors."""

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, Protocol
from urllib.parse import quote

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, WebSocketException
from websockets.sync.client import connect

from runtime.errors import ErrorTranslator
from worker.sources.model import SourceRefused, SourceUnavailable

OPEN_SECONDS = 10.0
CLOSE_SECONDS = 1.0
# Without a message for this long, the other side must answer a ping. It is short, because a reader can be
# stopped only between two messages.
SILENCE_SECONDS = 2.0
PONG_SECONDS = 10.0
# The list of all devices of a large Zigbee network comes as one message.
MAX_MESSAGE_BYTES = 16 * 1024 * 1024
_MESSAGES = {
    InvalidHandshake: "it does not answer as a WebSocket does",
    WebSocketException: "it breaks the rules of WebSockets",
    TimeoutError: "it does not answer in time",
}
_REFUSALS = frozenset({401, 403})


class WebSocketConnection(Protocol):
    """The part of the library's connections, client's or server's, that is used."""

    def recv(self, timeout: float | None = None) -> str | bytes: ...  # noqa: D102 (the library's)
    def send(self, message: str) -> None: ...  # noqa: D102 (the library's)
    def ping(self) -> Any: ...  # noqa: D102 (the library's)


class NotJson(Exception):
    """A message is not JSON."""


class JsonSocket:
    """Sends and receives JSON; every method raises SourceUnavailable once the connection is lost.

    `refusals` are the codes with which the other side closes the connection when it refuses the secret.
    """

    def __init__(self, connection: WebSocketConnection, refusals: Mapping[int, str] | None = None) -> None:
        self._connection = connection
        self._translate = ErrorTranslator(lambda error: _translate(error, refusals or {}))

    def send(self, message: Any) -> None:
        """Send a value as JSON."""
        with self._translate:
            self._connection.send(json.dumps(message))

    def receive(self, seconds: float) -> Any:
        """Return the next message.

        Raises:
            NotJson: When it is not JSON.
            SourceUnavailable: When there is none for `seconds`, or the connection is lost.
            SourceRefused: When the other side has closed the connection because of the secret.
        """
        with self._translate:
            return self._decoded(seconds)

    def receive_or_ping(self, ping: Callable[[], None] | None = None) -> Any:
        """Return the next message; None after a silence in which the other side answered a ping.

        With a `ping` of its own, the protocol's answer is a message, which is returned.

        Raises:
            NotJson: When the message is not JSON.
            SourceUnavailable: When there is no answer, or the connection is lost.
            SourceRefused: When the other side has closed the connection because of the secret.
        """
        with self._translate:
            try:
                return self._decoded(SILENCE_SECONDS)
            except TimeoutError:
                pass
            if ping is not None:
                ping()
                return self._decoded(PONG_SECONDS)
            if self._connection.ping().wait(PONG_SECONDS):
                return None
            return self._decoded(0)  # messages that came meanwhile may have held up the answer

    def _decoded(self, seconds: float) -> Any:
        text = self._connection.recv(timeout=seconds)
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise NotJson from error


@contextmanager
def open_websocket(
    url: str,
    *,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    refusals: Mapping[int, str] | None = None,
) -> Iterator[JsonSocket]:
    """Connect to the WebSocket at an http or https URL.

    Raises:
        SourceUnavailable: When it does not answer, or not as a WebSocket does.
        SourceRefused: When it answers with status 401 or 403.
    """
    target = "ws" + url.removeprefix("http")
    if query:
        target += "?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
    with ExitStack() as stack:
        with ErrorTranslator(lambda error: _translate(error, refusals or {})):
            opening = connect(
                target,
                additional_headers=headers,
                open_timeout=OPEN_SECONDS,
                close_timeout=CLOSE_SECONDS,
                ping_interval=None,  # `receive_or_ping` sends them, and so knows what they prove
                max_size=MAX_MESSAGE_BYTES,
                logger=silent_logger(),
            )
            connection = stack.enter_context(opening)
        yield JsonSocket(connection, refusals)


def silent_logger() -> logging.Logger:
    """Return a logger for the library, which at DEBUG logs the address, and so the token in it."""
    logger = logging.getLogger("worker.websockets")
    logger.setLevel(logging.CRITICAL)
    return logger


def _translate(error: BaseException, refusals: Mapping[int, str]) -> Exception | None:
    """Return this project's error; its message contains no address, which may contain the secret."""
    if isinstance(error, InvalidStatus):
        status = error.response.status_code
        if status in _REFUSALS:
            return SourceRefused(f"it refuses the secret (status {status}): check the token and its rights")
        return SourceUnavailable(f"it answers with status {status} instead of opening a WebSocket")
    if isinstance(error, ConnectionClosed):
        return _translate_close(error, refusals)
    for kind, message in _MESSAGES.items():
        if isinstance(error, kind):
            return SourceUnavailable(message)
    return SourceUnavailable(f"no connection: {error.strerror}") if isinstance(error, OSError) else None


def _translate_close(error: ConnectionClosed, refusals: Mapping[int, str]) -> Exception:
    if error.rcvd is None:
        return SourceUnavailable("the connection broke")
    if error.rcvd.code in refusals:
        return SourceRefused(refusals[error.rcvd.code])
    return SourceUnavailable(f"it closed the connection (code {error.rcvd.code})")
