"""A small HTTP server in place of the management API."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from messaging.settings import BrokerSettings


class Api(ThreadingHTTPServer):
    """Responds to each path from `responses`, with 404 otherwise, and records the requests."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.responses: dict[str, tuple[int, bytes]] = {}
        self.requests: list[tuple[str, str, Any]] = []
        self.login = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def settings(self, **changed: Any) -> BrokerSettings:
        return BrokerSettings(
            **{
                "rabbitmq_management_url": self.url,
                "rabbitmq_user": "op",
                "rabbitmq_pass": "s3:cret",
                **changed,
            }
        )


class Handler(BaseHTTPRequestHandler):
    server: Api

    def do_GET(self) -> None:
        self._respond(b"")

    def do_PUT(self) -> None:
        self._respond(self.rfile.read(int(self.headers["Content-Length"])))

    def _respond(self, body: bytes) -> None:
        self.server.requests.append((self.command, self.path, json.loads(body or b"null")))
        self.server.login = base64.b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode()
        status, response = self.server.responses.get(self.path, (404, b'{"error":"Object Not Found"}'))
        self.send_response(status)
        self.send_header("Content-Length", str(len(response)))
        self.end_headers()
        self.wfile.write(response)

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


@contextmanager
def serving() -> Iterator[Api]:
    with Api() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join(60)
