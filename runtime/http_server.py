"""The HTTP endpoints of every service: /livez, /readyz and /metrics."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import REGISTRY, CollectorRegistry, make_wsgi_app

from runtime.errors import ConfigurationError
from runtime.health import Health

# How long the shutdown of the server can take at most.
POLL_SECONDS = 0.5
Response = tuple[HTTPStatus, dict[str, Any]]
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


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
        server = make_server(host, port, application(health, registry), _Server, _SilentRequestHandler)
    except OSError as error:
        raise ConfigurationError(
            f"HTTP_PORT is {port}: cannot listen on {host}:{port}: {error.strerror}. "
            "Use a free port, or 0 to turn the HTTP server off."
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
