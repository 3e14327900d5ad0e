"""A double of an ntfy server, by its documentation: https://docs.ntfy.sh/publish/.

It is no real server: none is in the registries of packages that the tests use. It accepts what "Publish as
JSON" and "Access tokens" describe, and responds with the objects of the real server.
"""

import base64
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tests.webhook_server import serve_requests

TOPIC = re.compile(r"[-_A-Za-z0-9]{1,64}")
TOKEN = "tk_s3cret"
MESSAGE_LIMIT_BYTES = 4096


class Published(BaseModel):
    """A message as it is published; the table of the section "Publish as JSON" has the fields."""

    model_config = ConfigDict(extra="forbid")

    topic: str
    message: str = "triggered"
    title: str = ""
    tags: list[str] = []
    priority: Annotated[int, Field(ge=1, le=5)] = 3


class NtfyServer:
    """Accepts messages with the token; a status in `responses` is sent instead, one per message."""

    def __init__(self) -> None:
        self.port = 0
        self.published: list[Published] = []
        self.responses: list[HTTPStatus] = []

    def url(self, topic: str = "alerts") -> str:
        """The address of a topic, as Apprise has it."""
        return f"ntfy://{TOKEN}@127.0.0.1:{self.port}/{topic}"

    def titles(self, topic: str = "alerts") -> list[str]:
        return [message.title for message in self.published if message.topic == topic]

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        if self.responses:
            _respond_error(request, self.responses.pop(0))
        elif not _is_authorized(request.headers.get("Authorization", "")):
            _respond_error(request, HTTPStatus.UNAUTHORIZED)
        else:
            self._publish(request, body)

    def _publish(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        try:
            message = Published.model_validate_json(body)
        except ValidationError:
            _respond_error(request, HTTPStatus.BAD_REQUEST)
            return
        if request.path != "/" or not TOPIC.fullmatch(message.topic):
            _respond_error(request, HTTPStatus.BAD_REQUEST)
        elif len(message.message.encode()) > MESSAGE_LIMIT_BYTES:
            _respond_error(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            self.published.append(message)
            accepted = {"id": f"m{len(self.published)}", "time": 1_795_000_000, "event": "message"}
            _respond(request, HTTPStatus.OK, accepted | message.model_dump())


def _is_authorized(header: str) -> bool:
    basic = base64.b64encode(f":{TOKEN}".encode()).decode()
    return header in (f"Bearer {TOKEN}", f"Basic {basic}")


def _respond_error(request: BaseHTTPRequestHandler, status: HTTPStatus) -> None:
    error = {"code": status * 100 + 1, "http": int(status), "error": status.phrase.lower()}
    _respond(request, status, error)


def _respond(request: BaseHTTPRequestHandler, status: HTTPStatus, content: dict[str, Any]) -> None:
    body = json.dumps(content).encode()
    request.send_response(status)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


@contextmanager
def ntfy_server() -> Iterator[NtfyServer]:
    """Run a server while the block runs."""
    ntfy = NtfyServer()
    with serve_requests(ntfy.handle) as ntfy.port:
        yield ntfy
