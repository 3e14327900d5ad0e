"""The HTTP endpoints of every service: /livez, /readyz and /metrics."""

import json
import socket
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from socketserver import ThreadingMixIn
from threading import Lock, Thread
from typing import Any, NamedTuple
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import REGISTRY, CollectorRegistry, make_wsgi_app

from runtime.addresses import format_host
from runtime.errors import ConfigurationError
from runtime.health import Health

# How long the shutdown of the server can take at most.
POLL_SECONDS = 0.5
# Each response takes milliseconds, and only probes, Prometheus and the system's status request them.
MAX_CONNECTIONS = 32
MAX_CONNECTIONS_PER_ADDRESS = 16
CONNECTION_SECONDS = 10.0
OVERLOADED = (
    b"HTTP/1.0 503 Service Unavailable\r\nRetry-After: 10\r\nConnection: close\r\n\r\n"
    b"Too many connections are open: try again later.\n"
)
Response = tuple[HTTPStatus, dict[str, Any]]
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class _Connection(NamedTuple):
    address: str
    closes_at: float


class _Server(ThreadingMixIn, WSGIServer):
    """Serves each connection from a thread, of which there are few, and none lasts long.

    A client that sends half of a request, or does not read its response, would hold its thread for ever.
    """

    daemon_threads = True

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._lock = Lock()
        self._connections: dict[socket.socket, _Connection] = {}

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Accept the connection if there are few; the others are closed with a response that says so."""
        address = client_address[0]
        with self._lock:
            of_address = sum(connection.address == address for connection in self._connections.values())
            is_accepted = (
                len(self._connections) < MAX_CONNECTIONS and of_address < MAX_CONNECTIONS_PER_ADDRESS
            )
            if is_accepted:
                self._connections[request] = _Connection(address, time.monotonic() + CONNECTION_SECONDS)
        if not is_accepted:
            with suppress(OSError):
                request.sendall(OVERLOADED)
        return is_accepted

    def service_actions(self) -> None:
        """End the connections that last too long; the server calls this every POLL_SECONDS."""
        now = time.monotonic()
        with self._lock:
            for request, connection in self._connections.items():
                if connection.closes_at <= now:
                    with suppress(OSError):
                        request.shutdown(socket.SHUT_RDWR)

    def shutdown_request(self, request: Any) -> None:
        """Close the connection and forget it."""
        with self._lock:
            self._connections.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that disconnect; the base class would print their traceback."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _IPv6Server(_Server):
    address_family = socket.AF_INET6


def server_class(host: str) -> type[WSGIServer]:
    """Return the class that listens on this address."""
    return _IPv6Server if ":" in host else _Server


class _SilentRequestHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class's name)
        """Log nothing: probes arrive every few seconds."""


@contextmanager
def serve_http(
    host: str, port: int, health: Health, registry: CollectorRegistry = REGISTRY
) -> Iterator[int | None]:
    """Serve the endpoints from a daemon thread while the block runs.

    Yields the port, or None for port 0, which turns the server off.

    Raises:
        ConfigurationError: When the server cannot listen on this port.
    """
    if port == 0:
        yield None
        return
    try:
        server = make_server(
            host, port, application(health, registry), server_class(host), _SilentRequestHandler
        )
    except OSError as error:
        raise ConfigurationError(
            f"HTTP_PORT is {port}: cannot listen on {format_host(host)}:{port}: {error.strerror}. "
            "Use a free port and an address of this machine (HTTP_HOST), or port 0 for no HTTP server."
        ) from None
    Thread(target=server.serve_forever, args=(POLL_SECONDS,), name="http", daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def application(health: Health, registry: CollectorRegistry) -> Application:
    """Return the endpoints as a WSGI application."""
    metrics: Application = make_wsgi_app(registry)
    probes = {"/livez": livez, "/readyz": readyz}

    def respond(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/metrics":
            return metrics(environ, start_response)
        probe = probes.get(path)
        status, content = probe(health) if probe else (HTTPStatus.NOT_FOUND, {"paths": [*probes, "/metrics"]})
        start_response(f"{status.value} {status.phrase}", [("Content-Type", "application/json")])
        return [json.dumps(content).encode() + b"\n"]

    return respond


def livez(health: Health) -> Response:
    """Report whether the main loop makes progress."""
    stalled = health.stalled_seconds()
    if stalled is None:
        return HTTPStatus.OK, {"live": True}
    return HTTPStatus.SERVICE_UNAVAILABLE, {"live": False, "no_progress_for_seconds": round(stalled, 1)}


def readyz(health: Health) -> Response:
    """Report whether every dependency is up, and why not."""
    problems = health.problems()
    status = HTTPStatus.SERVICE_UNAVAILABLE if problems else HTTPStatus.OK
    since = {name: dependency.since.isoformat() for name, dependency in health.dependencies().items()}
    return status, {"ready": not problems, "problems": problems, "since": since}
