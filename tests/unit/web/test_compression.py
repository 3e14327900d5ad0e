"""Compression of responses: what is read is compressed for clients that accept it, and nothing else."""

import gzip
from collections.abc import AsyncIterator, Iterator

import pytest
from fastapi import Request
from fastapi.responses import PlainTextResponse, Response

from runtime.health import Health
from tests.unit.fake_keys import FakeKeys
from tests.unit.http_client import Response as Received
from tests.unit.http_client import send
from web.app import create_app
from web.auth import Authenticator, requires
from web.event_compression import HEADER
from web.keyring import KeyRing
from web.server import serve_http
from web.sse import EventStream

LONG = "temperature " * 500


class Service:
    """A web service with a text, a PDF and events, which are all as long."""

    def __init__(self) -> None:
        ring = KeyRing(FakeKeys())
        ring.refresh()
        auth = Authenticator(ring, lambda _reason, _address: None)
        self.app = create_app(
            title="Service", description="A service.", hosts=["127.0.0.1"], auth=auth, health=Health()
        )
        self.app.add_api_route("/api/text", self.text, methods=["GET", "POST"], **requires(None))
        self.app.add_api_route("/api/short", self.short, **requires(None))
        self.app.add_api_route("/api/pdf", self.pdf, **requires(None))
        self.app.add_api_route("/api/events", self.events, **requires(None))
        self.port = 0

    def text(self) -> Response:
        return PlainTextResponse(LONG)

    def short(self) -> Response:
        return PlainTextResponse("temperature")

    def pdf(self) -> Response:
        return Response(LONG, media_type="application/pdf")

    def events(self, request: Request) -> Response:
        async def events() -> AsyncIterator[bytes]:
            yield LONG.encode()

        return EventStream(events(), request)

    def send(self, path: str, method: str | None = None, **headers: str) -> Received:
        return send(f"http://127.0.0.1:{self.port}{path}", None, method, **headers)


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    with serve_http(service.app, "127.0.0.1", 0, lambda: None) as service.port:
        yield service


def test_a_long_response_is_compressed_for_a_client_that_accepts_it(service: Service) -> None:
    compressed = service.send("/api/text", Accept_Encoding="gzip, br")
    plain = service.send("/api/text")

    assert (compressed.headers["Content-Encoding"], compressed.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(compressed.body) == plain.body == LONG.encode()
    assert len(compressed.body) == int(compressed.headers["Content-Length"]) < len(LONG) / 10
    assert (plain.headers["Content-Encoding"], plain.headers["Vary"]) == (None, "Accept-Encoding")


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/api/short", "GET"),
        ("/api/pdf", "GET"),
        ("/api/text", "POST"),  # such as the response that has a new key
    ],
)
def test_what_is_short_or_compressed_or_answers_a_change_is_left_as_it_is(
    service: Service, path: str, method: str
) -> None:
    response = service.send(path, method, Accept_Encoding="gzip")

    assert (response.status, response.headers["Content-Encoding"]) == (200, None)


def test_event_streams_are_compressed_event_by_event_and_only_once(service: Service) -> None:
    response = service.send("/api/events", Accept_Encoding="gzip")

    assert response.headers["Content-Encoding"] == "gzip"
    assert response.body.startswith(HEADER)
    assert gzip.decompress(response.body) == LONG.encode()
