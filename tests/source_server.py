"""An HTTP server on 127.0.0.1 with scripted responses, as a double of the systems that readings come from."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.webhook_server import serve_requests


@dataclass(frozen=True)
class Request:
    """A request, with its path and parameters decoded."""

    path: str
    params: dict[str, str]
    headers: dict[str, str]
    target: str = ""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A response. `cut_at` is the number of bytes after which the connection is closed."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut_at: int | None = None


Answer = Callable[[Request], Reply]


def json_reply(value: Any, **options: Any) -> Reply:
    return Reply(body=json.dumps(value).encode(), **options)


class SourceServer:
    """Send the replies in `script`, one per request, and then what `answer` returns."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.script: list[Reply] = []
        self.requests: list[Request] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        params = dict(parse_qsl(parts.query, keep_blank_values=True))
        request = Request(unquote(parts.path), params, dict(handler.headers), handler.path)
        self.requests.append(request)
        reply = self.script.pop(0) if self.script else self.answer(request)
        handler.send_response_only(reply.status)  # without the real time, which a fake clock does not have
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(reply.body)))
        handler.end_headers()
        handler.wfile.write(reply.body[: reply.cut_at])


@contextmanager
def source_server(answer: Answer) -> Iterator[SourceServer]:
    """Run a server while the block runs."""
    server = SourceServer(answer)
    with serve_requests(server.handle) as server.port:
        yield server
