"""A TCP proxy that simulates the failures of networks and servers."""

import queue
import selectors
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit

from native.ports import LOOPBACK
from tests.ports import reserve_port
from tests.waiting import DEADLINE_SECONDS

CHUNK_BYTES = 65_536
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class _Link:
    """A client's connection and the corresponding connection to the server."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.client, self.server = client, server

    def other(self, end: socket.socket) -> socket.socket:
        return self.server if end is self.client else self.client


class Proxy:
    """Forward a port of 127.0.0.1 to `target` while the block runs, and fail on command.

    One thread forwards and executes the commands; each command has taken effect when it returns.
    """

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._listener = _listener()
        self.port: int = self._listener.getsockname()[1]
        self.accepted = 0
        self._links: dict[socket.socket, _Link] = {}
        self._held: list[socket.socket] = []
        self._holding = self._drop_next_response = self._closed = False
        self._bytes_until_hole: int | None = None
        self._selector = selectors.DefaultSelector()
        self._commands: queue.SimpleQueue[tuple[Callable[[], None], threading.Event]] = queue.SimpleQueue()
        self._waker, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)

    def __enter__(self) -> Self:
        self._listener.listen()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._command(self._shut_down)
        self._thread.join()
        for end in (self._listener, self._waker, self._woken):
            end.close()
        self._selector.close()

    def proxied_url(self, url: str) -> str:
        """Return the URL with the address of this proxy."""
        address = urlsplit(url)
        login, _, _ = address.netloc.rpartition("@")
        return address._replace(netloc=f"{login}@{LOOPBACK}:{self.port}").geturl()

    def forward(self) -> None:
        """Forward again, including what a black hole held back."""
        self._command(self._resume)

    def cut(self) -> None:
        """Reset the open connections; accept new connections."""
        self._command(self._reset)

    def refuse(self) -> None:
        """Reset the open connections and refuse new connections."""
        self._command(self._refuse)

    def black_hole(self) -> None:
        """Accept bytes and connections without a response, as the host of a frozen server does."""
        self._command(self._hold)

    def black_hole_after(self, client_bytes: int) -> None:
        """Forward until clients have sent this many more bytes, then become a black hole."""

        def resume() -> None:
            self._resume()
            self._bytes_until_hole = client_bytes

        self._command(resume)

    @property
    def is_black_hole(self) -> bool:
        """Whether it forwards nothing."""
        return self._holding

    def drop_next_response(self) -> None:
        """Reset the connection on which the server responds next, without forwarding the response."""
        self._drop_next_response = True

    @property
    def drops_next_response(self) -> bool:
        """Whether the response to drop is still pending."""
        return self._drop_next_response

    def _command(self, action: Callable[[], None]) -> None:
        done = threading.Event()
        self._commands.put((action, done))
        self._waker.send(b"x")
        assert done.wait(DEADLINE_SECONDS), "the proxy's thread is stuck"

    def _run(self) -> None:
        while not self._closed:
            for key, _ in self._selector.select():
                if self._closed:
                    break  # otherwise a client that connects now would be accepted and stay connected
                if key.fileobj is self._woken:
                    self._execute_command()
                elif key.fileobj is self._listener:
                    self._accept()
                elif isinstance(key.fileobj, socket.socket) and key.fileobj in self._links:
                    self._forward(key.fileobj)

    def _execute_command(self) -> None:
        self._woken.recv(1)
        action, done = self._commands.get()
        action()
        done.set()

    def _accept(self) -> None:
        with suppress(OSError):
            client, _ = self._listener.accept()
            self.accepted += 1
            if self._holding:
                self._held.append(client)
            else:
                self._link(client)

    def _link(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self._target, timeout=DEADLINE_SECONDS)
        except OSError:
            _close_hard(client)
            return
        link = _Link(client, server)
        for end in (client, server):
            with suppress(OSError):  # a connection that is already reset is detected when it is read
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._links[end] = link
            self._selector.register(end, selectors.EVENT_READ)

    def _forward(self, end: socket.socket) -> None:
        link = self._links[end]
        try:
            chunk = end.recv(CHUNK_BYTES)
            if chunk and self._drop_next_response and end is link.server:
                self._drop_next_response = False
                chunk = b""
            if chunk:
                link.other(end).sendall(chunk)
                self._count(chunk if end is link.client else b"")
                return
        except OSError:
            pass
        self._unlink(link)

    def _count(self, chunk: bytes) -> None:
        if self._bytes_until_hole is None:
            return
        self._bytes_until_hole -= len(chunk)
        if self._bytes_until_hole <= 0:
            self._hold()

    def _unlink(self, link: _Link) -> None:
        for end in (link.client, link.server):
            with suppress(KeyError):
                self._selector.unregister(end)
            del self._links[end]
            _close_hard(end)

    def _reset(self) -> None:
        for link in {id(link): link for link in self._links.values()}.values():
            self._unlink(link)
        for client in self._held:
            _close_hard(client)
        self._held.clear()

    def _refuse(self) -> None:
        self._reset()
        with suppress(KeyError):
            self._selector.unregister(self._listener)
            # On Linux the socket stops listening and keeps its port.
            self._listener.shutdown(socket.SHUT_RDWR)

    def _hold(self) -> None:
        self._listen()
        self._holding = True
        for end in self._links:
            with suppress(KeyError):
                self._selector.unregister(end)

    def _resume(self) -> None:
        self._listen()
        self._holding = False
        for end in self._links:
            with suppress(KeyError):
                self._selector.register(end, selectors.EVENT_READ)
        for client in self._held:
            self._link(client)
        self._held.clear()

    def _listen(self) -> None:
        self._holding = False
        self._bytes_until_hole = None
        if self._listener not in self._selector.get_map():
            self._listener.listen()
            self._selector.register(self._listener, selectors.EVENT_READ)

    def _shut_down(self) -> None:
        self._reset()
        self._closed = True


def _listener() -> socket.socket:
    """Return a socket bound to a free port, which stays reserved while the socket does not listen."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((LOOPBACK, reserve_port()))
    return listener


def _close_hard(end: socket.socket) -> None:
    with suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    end.close()
