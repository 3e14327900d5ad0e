"""Serves the application from a thread while the process looks at the system."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import uvicorn
from starlette.types import ASGIApp

from dashboard.snapshots import SnapshotStore
from runtime.errors import ConfigurationError

BACKLOG = 128
LEAVE_SECONDS = 3


@contextmanager
def serving(app: ASGIApp, board: SnapshotStore, host: str, port: int) -> Iterator[int]:
    """Serve while the block runs; yields the port. At the end open pages are told to go.

    Raises ConfigurationError when the port cannot be had.
    """
    listener = _listener(host, port)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=LEAVE_SECONDS,
        )
    )
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, name="http", daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        board.close()
        server.should_exit = True
        thread.join(2 * LEAVE_SECONDS)


def _listener(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), backlog=BACKLOG, family=_family(host))
    except OSError as error:
        raise ConfigurationError(
            f"HTTP_PORT is {port}, which cannot be listened on at {host}: {error.strerror}. "
            "Choose a free port."
        ) from None


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
