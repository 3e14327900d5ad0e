"""A TCP proxy that delays every byte."""

import queue
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Self
from urllib.parse import urlsplit

from native.ports import LOOPBACK
from tests.proxy import CHUNK_BYTES

Chunk = tuple[float, bytes]


class LatencyProxy:
    """Forward a port of 127.0.0.1; delay each direction by half of the round trip, with jitter, in order."""

    def __init__(
        self, target: tuple[str, int], *, round_trip_seconds: float, jitter: float, seed: str
    ) -> None:
        self._target = target
        self._one_way = round_trip_seconds / 2
        self._jitter = jitter
        self._random = Random(seed)
        self._listener = socket.create_server((LOOPBACK, 0))
        self._ends: list[socket.socket] = []
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        _start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        for end in (self._listener, *self._ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def proxied_url(self, url: str) -> str:
        """Return the URL with the address of this proxy."""
        address = urlsplit(url)
        login, _, _ = address.netloc.rpartition("@")
        return address._replace(netloc=f"{login}@{LOOPBACK}:{self.port}").geturl()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                with suppress(OSError):
                    self._link(client, socket.create_connection(self._target, timeout=5))

    def _link(self, client: socket.socket, server: socket.socket) -> None:
        server.settimeout(None)
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._ends.append(end)
        for source, sink in ((client, server), (server, client)):
            chunks: queue.SimpleQueue[Chunk] = queue.SimpleQueue()
            _start(self._receive, source, chunks)
            _start(_send_delayed, sink, chunks)

    def _receive(self, source: socket.socket, chunks: "queue.SimpleQueue[Chunk]") -> None:
        chunk = b"?"
        while chunk:
            try:
                chunk = source.recv(CHUNK_BYTES)
            except OSError:
                chunk = b""
            delay = self._one_way * self._random.uniform(1 - self._jitter, 1 + self._jitter)
            chunks.put((time.monotonic() + delay, chunk))


def _send_delayed(sink: socket.socket, chunks: "queue.SimpleQueue[Chunk]") -> None:
    with suppress(OSError):
        while True:
            due, chunk = chunks.get()
            time.sleep(max(0.0, due - time.monotonic()))
            if not chunk:
                break
            sink.sendall(chunk)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_RDWR)


def _start(work: Callable[..., None], *arguments: object) -> None:
    threading.Thread(target=work, args=arguments, name="latency", daemon=True).start()
