"""Serves an application from a thread, while the main thread does the service's own work."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import uvicorn
from starlette.types import ASGIApp

from runtime.errors import ConfigurationError
from web.connections import create_protocol_factory

BACKLOG = 128
SHUTDOWN_SECONDS = 3


@contextmanager
def serve_http(app: ASGIApp, host: str, port: int, on_shutdown: Callable[[], None]) -> Iterator[int]:
    """Serve while the block runs, and yield the port.

    `on_shutdown` is called first at the end: it ends the event streams, which uvicorn would wait for.

    Raises:
        ConfigurationError: The port cannot be opened.
    """
    listener = _listen(host, port)
    config = uvicorn.Config(
        app,
        http=create_protocol_factory(),  # type: ignore[arg-type]  # uvicorn only calls it
        ws="none",
        # An X-Forwarded-For header would let a client choose the address that the limits count.
        proxy_headers=False,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, name="http", daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        on_shutdown()
        server.should_exit = True
        thread.join(2 * SHUTDOWN_SECONDS)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), backlog=BACKLOG, family=family)
    except OSError as error:
        raise ConfigurationError(
            f"HTTP_PORT is {port}, which cannot be opened at {host}: {error.strerror}. Choose a free port."
        ) from None
