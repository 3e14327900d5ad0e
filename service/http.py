"""The HTTP side of every service: /livez, /readyz and /metrics."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import REGISTRY, CollectorRegistry, make_wsgi_app

from service.errors import ConfigurationError
from service.health import Health

# So long at most does the end wait for the thread.
POLL_SECONDS = 0.5
Answer = tuple[HTTPStatus, dict[str, Any]]
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class's name)
        """A probe every few seconds is not worth a line."""


@contextmanager
def serving(
    host: str, port: int, health: Health, registry: CollectorRegistry = REGISTRY
) -> Iterator[int | None]:
    """Serve the endpoints from a daemon thread while the block runs; yields the port, None for port 0.

    Raises ConfigurationError when the port cannot be had.
    """
    if port == 0:
        yield None
        return
    try:
        server = make_server(host, port, application(health, registry), _Server, _Quiet)
    except OSError as error:
        raise ConfigurationError(
            f"HTTP_PORT is {port}, which cannot be listened on at {host}: {error.strerror}. "
            "Choose a free port, or 0 for none."
        ) from None
    Thread(target=server.serve_forever, args=(POLL_SECONDS,), name="http", daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def application(health: Health, registry: CollectorRegistry) -> Application:
    """The endpoints as a WSGI application."""
    metrics: Application = make_wsgi_app(registry)
    probes = {"/livez": livez, "/readyz": readyz}

    def respond(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/metrics":
            return metrics(environ, start_response)
        probe = probes.get(path)
        status, answer = probe(health) if probe else (HTTPStatus.NOT_FOUND, {"paths": [*probes, "/metrics"]})
        start_response(f"{status.value} {status.phrase}", [("Content-Type", "application/json")])
        return [json.dumps(answer).encode() + b"\n"]

    return respond


def livez(health: Health) -> Answer:
    """Whether the loop makes progress."""
    stalled = health.stalled_seconds()
    if stalled is None:
        return HTTPStatus.OK, {"live": True}
    return HTTPStatus.SERVICE_UNAVAILABLE, {"live": False, "no_progress_for_seconds": round(stalled, 1)}


def readyz(health: Health) -> Answer:
    """Whether every need answers, and why one does not."""
    problems = health.problems()
    status = HTTPStatus.SERVICE_UNAVAILABLE if problems else HTTPStatus.OK
    since = {name: need.since.isoformat() for name, need in health.needs().items()}
    return status, {"ready": not problems, "problems": problems, "since": since}
