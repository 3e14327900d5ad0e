"""A deadline for calls to a server that neither answers nor closes the connection."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, Engine, event

CHECK_INTERVAL_SECONDS = 0.5


class Deadline:
    """A context manager that shuts the attached socket down if its block takes longer than `seconds`.

    The block then fails as if the connection was lost. libpq has no timeout for a server process that is
    frozen while its host still acknowledges packets.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._due_at: float | None = None
        self._socket: socket.socket | None = None
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def attach(self, descriptor: int) -> None:
        """Apply the deadline to this socket, instead of the previous one."""
        self._release()
        self._socket = socket.socket(fileno=os.dup(descriptor))
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="deadline", daemon=True)
            self._thread.start()

    def __enter__(self) -> None:
        self._due_at = time.monotonic() + self._seconds

    def __exit__(self, *_: object) -> None:
        self._due_at = None

    @contextmanager
    def limit(self, connection: Connection) -> Iterator[None]:
        """Apply the deadline to the block, in which this connection of SQLAlchemy is used."""
        driver = connection.connection.driver_connection
        assert driver is not None
        self.attach(driver.fileno())
        with self:
            yield

    def close(self) -> None:
        """End the thread; the socket stays open."""
        self._closed.set()
        self._release()

    def _run(self) -> None:
        while not self._closed.wait(CHECK_INTERVAL_SECONDS):
            due_at, attached = self._due_at, self._socket
            if due_at is not None and attached is not None and time.monotonic() > due_at:
                with suppress(OSError):
                    attached.shutdown(socket.SHUT_RDWR)

    def _release(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def limit_statements(engine: Engine, deadline: Deadline) -> None:
    """Apply the deadline to each statement of an engine with one connection, until the engine is disposed of.

    It does not apply to statements that are executed on the driver's connection.
    """

    def attach(connection: Any, _record: object) -> None:
        deadline.attach(connection.fileno())

    def start(*_: object) -> None:
        deadline.__enter__()

    def end(*_: object) -> None:
        deadline.__exit__()

    def close(_engine: Engine) -> None:
        deadline.close()

    event.listen(engine, "connect", attach)
    event.listen(engine, "before_cursor_execute", start)
    event.listen(engine, "after_cursor_execute", end)
    event.listen(engine, "handle_error", end)
    event.listen(engine, "engine_disposed", close)
