"""Limits on connections, over real sockets."""

import asyncio
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any

import pytest
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from tests.waiting import DEADLINE_SECONDS, eventually
from web import connections
from web.server import serve_http

HOST = "127.0.0.1"
OTHER_ADDRESS = "127.0.0.2"
CHUNK = b"x" * 65_536
GET = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"
Connect = Callable[..., socket.socket]


class Application:
    """Responds `ok` to a complete request; without end to /endless. Counts the responses that ended."""

    def __init__(self) -> None:
        self.ended = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope["path"] == "/endless":
                await StreamingResponse(endless())(scope, receive, send)
            else:
                while (await receive()).get("more_body"):
                    pass
                await Response(b"ok")(scope, receive, send)
        finally:
            self.ended += 1


async def endless() -> Any:
    while True:
        await asyncio.sleep(0)
        yield CHUNK


@contextmanager
def served() -> Iterator[tuple[Application, Connect]]:
    application = Application()
    with ExitStack() as stack, serve_http(application, HOST, 0, lambda: None) as port:

        def connect(source: str = HOST) -> socket.socket:
            opened = socket.create_connection((HOST, port), DEADLINE_SECONDS, source_address=(source, 0))
            return stack.enter_context(closing(opened))

        yield application, connect
        stack.close()


def receive_all(connection: socket.socket) -> bytes:
    """Receive until the server closes the connection."""
    received = b""
    while chunk := connection.recv(65_536):
        received += chunk
    return received


def respond(connection: socket.socket, request: bytes = GET) -> bytes:
    """Send a request, and receive the response `ok`, or another until the server closes the connection."""
    connection.sendall(request)
    received = b""
    while not received.endswith(b"ok") and (chunk := connection.recv(65_536)):
        received += chunk
    return received


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: h\r\nX-Slow: ", id="half of the headers"),
        pytest.param(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf", id="half of the body"),
        pytest.param(
            b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhalf", id="half of a chunk"
        ),
    ],
)
def test_a_request_that_is_not_completed_is_answered_and_closed(
    monkeypatch: pytest.MonkeyPatch, start: bytes
) -> None:
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 0.1)
    with served() as (_, connect):
        connection = connect()
        connection.sendall(start)
        response = receive_all(connection)
    assert response.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert b"was not complete within" in response


@pytest.mark.parametrize("request_", [b"rubbish\r\n\r\n", b"GET /\xff HTTP/1.1\r\nHost: h\r\n\r\n"])
def test_what_is_not_http_is_answered_with_problem_details(request_: bytes) -> None:
    with served() as (_, connect):
        connection = connect()
        connection.sendall(request_)
        headers, _, body = receive_all(connection).partition(b"\r\n\r\n")
    assert headers.startswith(b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json")
    assert json.loads(body)["detail"] == "Invalid HTTP request received."


def test_a_request_for_a_web_socket_is_handled_as_another_and_logs_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with served() as (_, connect):
        upgrade = GET.replace(b"Host", b"Connection: Upgrade\r\nUpgrade: websocket\r\nHost")
        assert respond(connect(), upgrade).startswith(b"HTTP/1.1 200 OK")
    assert caplog.messages == []


def test_a_client_that_sends_byte_by_byte_gets_no_more_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 0.3)
    with served() as (_, connect):
        connection = connect()
        connection.settimeout(0.01)
        received = []

        def is_closed() -> bool:
            try:
                connection.sendall(b"x")
                received.append(connection.recv(1000))
            except TimeoutError:
                return False
            except OSError:
                return True
            return received[-1] == b""

        eventually(is_closed, DEADLINE_SECONDS, "the server closes the connection")


def test_a_second_request_on_a_connection_has_to_be_completed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 0.3)
    with served() as (_, connect):
        connection = connect()
        assert respond(connection).endswith(b"ok")
        connection.sendall(GET[:10])
        assert receive_all(connection).startswith(b"HTTP/1.1 408")


def test_a_long_response_is_not_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 0.1)
    monkeypatch.setattr(connections, "UNREAD_SECONDS", 0.1)
    with served() as (application, connect):
        connection = connect()
        connection.sendall(GET.replace(b"/", b"/endless", 1))
        remaining = 100 * len(CHUNK)
        while remaining > 0:
            remaining -= len(connection.recv(len(CHUNK)))
        assert application.ended == 0


def test_a_client_that_does_not_read_its_response_is_disconnected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "UNREAD_SECONDS", 0.1)
    with served() as (application, connect):
        connection = connect()
        connection.sendall(GET.replace(b"/", b"/endless", 1))
        eventually(lambda: application.ended, DEADLINE_SECONDS, "the response ends")


def test_an_address_with_too_many_connections_is_refused_and_others_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "MAX_CONNECTIONS_PER_ADDRESS", 3)
    with served() as (_, connect):
        held = [connect() for _ in range(3)]
        assert all(respond(connection).endswith(b"ok") for connection in held)
        # A client that has sent its request can read the response too.
        refused = connect()
        refused.sendall(GET)
        response = receive_all(refused)
        assert response.startswith(b"HTTP/1.1 429 Too Many Requests\r\n")
        assert b"This address has 3 connections already, which is the limit." in response
        assert b"Retry-After: 10" in response
        assert respond(connect(OTHER_ADDRESS)).endswith(b"ok")
        held[0].close()
        eventually(lambda: respond(connect()).endswith(b"ok"), DEADLINE_SECONDS, "a place is free again")


def test_too_many_connections_in_all_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MAX_CONNECTIONS", 3)
    with served() as (_, connect):
        for number in range(3):
            assert respond(connect(f"127.0.0.{10 + number}")).endswith(b"ok")
        response = receive_all(connect(OTHER_ADDRESS))
    assert response.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    assert b"The service has 3 connections already" in response


def test_refused_connections_are_closed_and_do_not_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MAX_CONNECTIONS_PER_ADDRESS", 1)
    monkeypatch.setattr(connections, "MAX_REFUSED", 2)
    monkeypatch.setattr(connections, "REFUSED_SECONDS", 0.2)
    with served() as (_, connect):
        assert respond(connect()).endswith(b"ok")
        refused = [connect() for _ in range(10)]
        answers = [outcome(connection) for connection in refused]
        assert 2 <= answers.count(b"HTTP/1.1 429") <= 10
        assert set(answers) <= {b"HTTP/1.1 429", b""}


def outcome(connection: socket.socket) -> bytes:
    try:
        return receive_all(connection)[:12]
    except ConnectionResetError:
        return b""
