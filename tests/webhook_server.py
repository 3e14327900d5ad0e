"""A real HTTP server that receives webhooks in Alertmanager's format, independent of this project."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

SECRET = "hook-s3cret"
Response = Callable[[BaseHTTPRequestHandler], None]


class Alert(BaseModel):
    """An alert by https://prometheus.io/docs/alerting/latest/configuration/#webhook_config."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: Literal["resolved", "firing"]
    labels: dict[str, str]
    annotations: dict[str, str]
    startsAt: AwareDatetime  # noqa: N815 (the format's names)
    endsAt: AwareDatetime  # noqa: N815
    generatorURL: str  # noqa: N815
    fingerprint: str


class AlertGroup(BaseModel):
    """The body of a request by the same documentation."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal["4"]
    groupKey: str  # noqa: N815
    truncatedAlerts: int  # noqa: N815
    status: Literal["resolved", "firing"]
    receiver: str
    groupLabels: dict[str, str]  # noqa: N815
    commonLabels: dict[str, str]  # noqa: N815
    commonAnnotations: dict[str, str]  # noqa: N815
    externalURL: str  # noqa: N815
    alerts: list[Alert]


def respond(code: int, **headers: str) -> Response:
    """Return a response without a body."""

    def response(request: BaseHTTPRequestHandler) -> None:
        request.send_response(code)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return response


class WebhookServer:
    """Send the responses in `responses`, one per request, and then accept every valid body.

    `accepted` has the accepted alert groups; a body in another format is rejected with 400.
    """

    def __init__(self) -> None:
        self.responses: list[Response] = []
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.accepted: list[AlertGroup] = []
        self.rejected: list[str] = []
        self.port = 0
        self._closing = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?token={SECRET}"

    def never_respond(self, request: BaseHTTPRequestHandler) -> None:
        """Do not respond before the server closes."""
        self._closing.wait(30)

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        self.requests.append((request.command, request.path, dict(request.headers), body))
        if self.responses:
            self.responses.pop(0)(request)
            return
        try:
            self.accepted.append(AlertGroup.model_validate_json(body))
        except ValidationError as error:
            self.rejected.append(str(error))
            respond(400)(request)
        else:
            respond(204)(request)

    def close(self) -> None:
        self._closing.set()

    def alerts(self, status: str | None = None, **labels: str) -> list[Alert]:
        """Return the accepted alerts with this status and these labels."""
        return [
            alert
            for group in self.accepted
            for alert in group.alerts
            if status in (None, alert.status) and labels.items() <= alert.labels.items()
        ]


@contextmanager
def webhook_server() -> Iterator[WebhookServer]:
    """Run a server while the block runs; fail if a body had another format."""
    webhook = WebhookServer()
    with serve_requests(webhook.handle) as webhook.port:
        try:
            yield webhook
        finally:
            webhook.close()
    assert webhook.rejected == []


@contextmanager
def serve_requests(handle: Response) -> Iterator[int]:
    """Serve HTTP while the block runs; yield the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            handle(self)

        do_GET = do_POST  # noqa: N815 (the base class calls it so)

        def log_message(self, *_: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()
