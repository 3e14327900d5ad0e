"""WebSocket servers on 127.0.0.1 that play a script: doubles of other systems, from their documentation."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Queue
from threading import Event, Thread
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

Script = Callable[["Peer"], None]
CheckRequest = Callable[[ServerConnection, Request], Response | None]
RECEIVE_SECONDS = 10.0


class _Connection(ServerConnection):
    """A connection that records the client's pings."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.pinged = Event()
        super().__init__(*args, **options)

    def process_event(self, event: Any) -> None:
        super().process_event(event)
        if isinstance(event, Frame) and event.opcode is Opcode.PING:
            self.pinged.set()


class Peer:
    """The double's side of one connection."""

    def __init__(self, connection: ServerConnection) -> None:
        assert connection.request
        self.connection = connection
        self.path = connection.request.path

    def send(self, *messages: Any) -> None:
        for message in messages:
            self.connection.send(json.dumps(message))

    def send_text(self, text: str) -> None:
        self.connection.send(text)

    def receive(self) -> Any:
        return json.loads(self.connection.recv(timeout=RECEIVE_SECONDS))

    def close(self, code: int, reason: str = "") -> None:
        self.connection.close(code, reason)

    def cut(self) -> None:
        """End the connection without a closing handshake, as a power cut does."""
        self.connection.socket.shutdown(socket.SHUT_RDWR)

    def stay_until_pinged(self) -> None:
        """Return once the client has sent a ping after a silence, and received the answer."""
        assert isinstance(self.connection, _Connection)
        assert self.connection.pinged.wait(RECEIVE_SECONDS), "the client sent no ping"

    def stay(self) -> None:
        """Answer pings until the client leaves."""
        for _ in self.connection:
            pass


@contextmanager
def websocket_double(script: Script, check: CheckRequest | None = None) -> Iterator[str]:
    """Serve each connection with the script; the value is the http address."""
    errors: Queue[BaseException] = Queue()

    def play(connection: ServerConnection) -> None:
        try:
            script(Peer(connection))
        except ConnectionClosed:
            pass
        except BaseException as error:  # noqa: BLE001 (the test reports it)
            errors.put(error)

    with serve(
        play, "127.0.0.1", 0, process_request=check, close_timeout=1, create_connection=_Connection
    ) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        port = server.socket.getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    thread.join()
    if not errors.empty():
        raise errors.get()
