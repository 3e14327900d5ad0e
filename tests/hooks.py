"""A webhook's real HTTP server, which answers as it is told and remembers what came."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "hook-s3cret"
Answer = Callable[[BaseHTTPRequestHandler], None]


def status(code: int, **headers: str) -> Answer:
    """An answer without a body."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(code)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return answer


class Hook:
    """`answers` are given one a request, then 204 for ever. `taken` are the bodies that were answered so."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.taken: list[dict[str, Any]] = []
        self.port = 0
        self.left = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?token={SECRET}"

    def silence(self, request: BaseHTTPRequestHandler) -> None:
        """An answer that does not come while the server is there."""
        self.left.wait()

    def take(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        self.requests.append((request.command, request.path, dict(request.headers), body))
        if self.answers:
            self.answers.pop(0)(request)
        else:
            self.taken.append(json.loads(body))
            status(204)(request)

    def told(self, **wanted: str) -> list[dict[str, Any]]:
        """What it took of this kind, change or subject."""
        return [body for body in self.taken if wanted.items() <= body.items()]


@contextmanager
def a_hook() -> Iterator[Hook]:
    """A server while the block runs."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hook.take(self)

        do_GET = do_POST  # noqa: N815 (the base class calls it so)

        def log_message(self, *_: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hook.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield hook
        finally:
            hook.left.set()
            server.shutdown()
            thread.join()
