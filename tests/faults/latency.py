"""A way to a server that is far: a TCP proxy that delays every byte."""

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

Parcel = tuple[float, bytes]


class FarAway:
    """Forwards a port of 127.0.0.1; each direction takes half of the round trip, with jitter, in order."""

    def __init__(
        self, target: tuple[str, int], *, round_trip_seconds: float, jitter: float, seed: str
    ) -> None:
        self._target = target
        self._one_way = round_trip_seconds / 2
        self._jitter = jitter
        self._chance = Random(seed)
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
        """The same address by way of this proxy."""
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
            parcels: queue.SimpleQueue[Parcel] = queue.SimpleQueue()
            _start(self._take, source, parcels)
            _start(_bring, sink, parcels)

    def _take(self, source: socket.socket, parcels: "queue.SimpleQueue[Parcel]") -> None:
        chunk = b"?"
        while chunk:
            try:
                chunk = source.recv(CHUNK_BYTES)
            except OSError:
                chunk = b""
            delay = self._one_way * self._chance.uniform(1 - self._jitter, 1 + self._jitter)
            parcels.put((time.monotonic() + delay, chunk))


def _bring(sink: socket.socket, parcels: "queue.SimpleQueue[Parcel]") -> None:
    with suppress(OSError):
        while True:
            due, chunk = parcels.get()
            time.sleep(max(0.0, due - time.monotonic()))
            if not chunk:
                break
            sink.sendall(chunk)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_RDWR)


def _start(work: Callable[..., None], *arguments: object) -> None:
    threading.Thread(target=work, args=arguments, name="far away", daemon=True).start()
