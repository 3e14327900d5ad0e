"""Ends a wait for a server that neither answers nor hangs up."""

import os
import socket
import threading
import time
from contextlib import suppress

CHECK_SECONDS = 0.5


class Deadline:
    """As a context: if the block takes longer than `seconds`, the watched socket is shut down.

    The block then fails as with any lost connection. libpq has no time-out of its own for a server
    process that is frozen while its host still acknowledges packets.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._due: float | None = None
        self._socket: socket.socket | None = None
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def watch(self, descriptor: int) -> None:
        """Watch this socket from now on."""
        self._release()
        self._socket = socket.socket(fileno=os.dup(descriptor))
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="deadline", daemon=True)
            self._thread.start()

    def __enter__(self) -> None:
        self._due = time.monotonic() + self._seconds

    def __exit__(self, *_: object) -> None:
        self._due = None

    def close(self) -> None:
        """Stop watching."""
        self._closed.set()
        self._release()

    def _run(self) -> None:
        while not self._closed.wait(CHECK_SECONDS):
            due, watched = self._due, self._socket
            if due is not None and watched is not None and time.monotonic() > due:
                with suppress(OSError):
                    watched.shutdown(socket.SHUT_RDWR)

    def _release(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
