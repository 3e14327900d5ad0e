"""Live values of Shelly devices that sleep: they wake, connect to this server, and send their status."""

import errno
import hmac
import http
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Empty, Full, Queue
from threading import BoundedSemaphore, Thread
from urllib.parse import SplitResult, parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import Server, ServerConnection, serve

from jobs.source import Source
from worker.sources.live_values import NOT_JSON, LiveItem, mapping
from worker.sources.model import SourceRefused, SourceUnavailable
from worker.sources.shelly import notification_items
from worker.sources.websocket import CLOSE_SECONDS, OPEN_SECONDS, silent_logger

HTTP_PORT = 80
# A sleeping device sends one message of a few KB and leaves. What others could occupy is bounded.
MAX_CONNECTIONS = 100
MAX_MESSAGE_BYTES = 64 * 1024
MAX_WAITING = 1000
PUT_SECONDS = 10.0
_TRY_AGAIN_LATER = 1013


class ShellyServer:
    """Listens at the source's address; a sensor is `DEVICE/COMPONENT`.

    With a secret, devices must send it as the parameter `token` of the URL that is configured in them.
    """

    def __init__(self, source: Source, secret: str | None) -> None:
        self._address = urlsplit(str(source.address))
        self._secret = secret
        self._items: Queue[LiveItem] = Queue(MAX_WAITING)
        self._places = BoundedSemaphore(MAX_CONNECTIONS)

    @contextmanager
    def values(self) -> Iterator[Iterator[LiveItem]]:
        """Listen, and iterate over the values.

        Raises:
            SourceUnavailable: When the port is in use.
            SourceRefused: When it cannot listen at the address.
        """
        with self._listen() as server:
            Thread(target=server.serve_forever, name="shelly-server", daemon=True).start()
            yield self._read()

    def _listen(self) -> Server:
        if self._address.scheme != "http":
            raise SourceRefused(
                "it can listen at http:// only: put a proxy with a certificate in front of it"
            )
        host, port = str(self._address.hostname), self._address.port or HTTP_PORT
        try:
            return serve(
                self._receive,
                host,
                port,
                process_request=self._check,
                open_timeout=OPEN_SECONDS,
                close_timeout=CLOSE_SECONDS,
                max_size=MAX_MESSAGE_BYTES,
                logger=silent_logger(),
            )
        except OSError as error:
            message = f"it cannot listen at {host}:{port}: {error.strerror}"
            if error.errno == errno.EADDRINUSE:
                raise SourceUnavailable(message) from error
            raise SourceRefused(f"{message}; use an address of the worker's machine") from error

    def _check(self, connection: ServerConnection, request: Request) -> Response | None:
        requested = urlsplit(request.path)
        if requested.path.rstrip("/") != self._address.path.rstrip("/"):
            return connection.respond(http.HTTPStatus.NOT_FOUND, "Unknown path.\n")
        if self._secret and not hmac.compare_digest(_token_of(requested), self._secret.encode()):
            return connection.respond(http.HTTPStatus.UNAUTHORIZED, "The token is missing or wrong.\n")
        return None

    def _receive(self, connection: ServerConnection) -> None:
        """Queue the values of one connection; one that cannot be queued in time ends it."""
        if not self._places.acquire(blocking=False):
            connection.close(_TRY_AGAIN_LATER, "too many connections")
            return
        try:
            with suppress(ConnectionClosed, Full):
                for message in connection:
                    for item in _items_of(message):
                        self._items.put(item, timeout=PUT_SECONDS)
        finally:
            self._places.release()

    def _read(self) -> Iterator[LiveItem]:
        while True:
            try:
                yield self._items.get(timeout=1)
            except Empty:
                yield None


def _items_of(text: str | bytes) -> Iterator[LiveItem]:
    try:
        message = mapping(json.loads(text))
    except (ValueError, RecursionError):
        yield NOT_JSON
        return
    yield from notification_items(message, prefix=f"{message.get('src')}/")


def _token_of(requested: SplitResult) -> bytes:
    return parse_qs(requested.query).get("token", [""])[0].encode()
