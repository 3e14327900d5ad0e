"""The client of a source against a server that fails in each way that servers do."""

import gzip
import traceback
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, TypeAdapter

from jobs.source import Source
from runtime import http_requests
from tests.source_server import Reply, SourceServer, json_reply, source_server
from tests.tls import CertificateAuthority, server_context, tls_proxy
from tests.unit.worker.sources.clocks import STARTED_AT, FakeClock
from worker.sources import http
from worker.sources.http import Credentials, ResponseTooLarge, SourceClient
from worker.sources.model import SourceRefused, SourceUnavailable

SECRET = "s3cret-token"
ANY: TypeAdapter[Any] = TypeAdapter(Any)


@pytest.fixture
def server() -> Iterator[SourceServer]:
    with source_server(lambda _: json_reply({"answer": 42})) as running:
        yield running


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def source_at(address: str, **fields: Any) -> Source:
    return Source.model_validate(
        {
            "name": "house",
            "kind": "thingspeak",
            "address": address,
            "secret_name": "SOURCE_HOUSE",
            "unit": "celsius",
            "sensors": [{"remote": "9/field1", "sensor_id": "1"}],
            **fields,
        }
    )


@pytest.fixture
def client(server: SourceServer, clock: FakeClock) -> Iterator[SourceClient]:
    credentials = Credentials(headers={"Authorization": f"Bearer {SECRET}"}, params={"api_key": SECRET})
    opened = SourceClient(source_at(server.url), SecretStr(SECRET), credentials, clock.pace())
    yield opened
    opened.close()


def test_the_secret_is_sent_as_the_kind_requires(server: SourceServer, client: SourceClient) -> None:
    assert client.get(ANY, "/feeds", {"results": "1"}) == {"answer": 42}

    [request] = server.requests
    assert request.path == "/feeds"
    assert request.params == {"results": "1", "api_key": SECRET}
    assert request.headers["Authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=500),
        Reply(status=503),
        Reply(status=408),
        Reply(body=b'{"answer": 42}', cut_at=7),
        Reply(body=b'{"answer": '),
        Reply(body=b"<html>Please log in</html>"),
        Reply(body=b"\x1f\x8b broken", headers={"Content-Encoding": "gzip"}),
    ],
    ids=["500", "503", "408", "cut off", "incomplete", "a page", "not gzip"],
)
def test_a_request_is_repeated_with_growing_waits_that_differ(
    server: SourceServer, client: SourceClient, clock: FakeClock, reply: Reply
) -> None:
    server.script = [reply] * 4

    assert client.get(ANY, "/") == {"answer": 42}
    for wait, least in zip(clock.waits, (1, 2, 4, 8), strict=True):
        assert least <= wait < least + http_requests.MAX_JITTER_SECONDS
    assert len({wait % 1 for wait in clock.waits}) == 4


def test_a_source_that_fails_for_a_minute_is_read(
    server: SourceServer, client: SourceClient, clock: FakeClock
) -> None:
    server.answer = lambda _: json_reply(1, status=500 if clock.seconds < 60 else 200)

    assert client.get(ANY, "/") == 1


def test_the_attempts_are_bounded(server: SourceServer, client: SourceClient, clock: FakeClock) -> None:
    server.answer = lambda _: Reply(status=500)

    with pytest.raises(SourceUnavailable, match=r"^http://127\.0\.0\.1:\d+ responds 500$"):
        client.get(ANY, "/")
    assert len(server.requests) == http_requests.MAX_ATTEMPTS
    assert clock.seconds < 120


@pytest.mark.parametrize("date", [True, False])
def test_a_wait_that_the_source_requires_is_kept(
    server: SourceServer, client: SourceClient, clock: FakeClock, *, date: bool
) -> None:
    moment = format_datetime(STARTED_AT + timedelta(seconds=40), usegmt=True)
    server.script = [Reply(status=429, headers={"Retry-After": moment if date else "40"})]

    assert client.get(ANY, "/") == {"answer": 42}
    assert 40 <= clock.waits[0] < 40 + http_requests.MAX_JITTER_SECONDS


def test_a_date_is_meant_by_the_clock_of_the_server(
    server: SourceServer, client: SourceClient, clock: FakeClock
) -> None:
    behind = STARTED_AT - timedelta(minutes=10)
    headers = {
        "Date": format_datetime(behind, usegmt=True),
        "Retry-After": format_datetime(behind + timedelta(seconds=40), usegmt=True),
    }
    server.script = [Reply(status=429, headers=headers)]

    assert client.get(ANY, "/") == {"answer": 42}
    assert 40 <= clock.waits[0] < 40 + http_requests.MAX_JITTER_SECONDS


@pytest.mark.parametrize("retry_after", ["0", "Fri, 27 Nov 2020 12:00:00 GMT"])
def test_a_wait_that_is_over_is_replaced_by_the_usual_one(
    server: SourceServer, client: SourceClient, clock: FakeClock, retry_after: str
) -> None:
    server.answer = lambda _: Reply(status=503, headers={"Retry-After": retry_after})

    with pytest.raises(SourceUnavailable) as raised:
        client.get(ANY, "/")

    assert raised.value.retry_after is None
    assert clock.seconds > 60, "all attempts within seconds would be refused alike"


def test_without_a_time_too_many_requests_are_repeated_after_a_minute(
    server: SourceServer, client: SourceClient, clock: FakeClock
) -> None:
    server.script = [Reply(status=429, headers={"Retry-After": "soon"})]

    client.get(ANY, "/")
    assert 60 <= clock.waits[0] < 60 + http_requests.MAX_JITTER_SECONDS


def test_a_longer_wait_is_left_to_the_job(
    server: SourceServer, client: SourceClient, clock: FakeClock
) -> None:
    server.script = [Reply(status=429, headers={"Retry-After": "3600"})]

    with pytest.raises(SourceUnavailable) as raised:
        client.get(ANY, "/")
    assert (raised.value.retry_after, clock.waits) == (3600, [])


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_secret_is_a_message_and_no_loop(
    server: SourceServer, client: SourceClient, status: int
) -> None:
    server.script = [Reply(status=status, body=f"bad key {SECRET}\x00".encode())]

    with pytest.raises(SourceRefused) as raised:
        client.get(ANY, "/")
    message = str(raised.value)
    assert f"refuses the secret in SOURCE_HOUSE ({status}: bad key …\\x00): set a valid one" in message
    assert len(server.requests) == 1


def test_a_source_that_requires_a_secret_says_so(server: SourceServer, clock: FakeClock) -> None:
    server.script = [Reply(status=401)]
    client = SourceClient(source_at(server.url, secret_name=None), None, Credentials(), clock.pace())

    with pytest.raises(SourceRefused, match=r"requires a secret \(401\): set secret_name$"):
        client.get(ANY, "/")
    client.close()


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (Reply(status=404, body=b"no such box"), "responds 404: no such box"),
        (
            Reply(status=302, headers={"Location": f"https://other.example/?api_key={SECRET}"}),
            "redirects to https://other.example, which is not followed",
        ),
        (Reply(status=302), "responds 302"),
        (json_reply("text"), "not of the form that thingspeak documents"),
    ],
)
def test_what_no_retry_changes_is_refused(
    server: SourceServer, client: SourceClient, reply: Reply, message: str
) -> None:
    server.script = [reply]

    with pytest.raises(SourceRefused) as raised:
        client.get(TypeAdapter(dict[str, int]), "/")
    assert message in str(raised.value)
    assert SECRET not in str(raised.value)
    assert len(server.requests) == 1


def test_no_exception_contains_the_secret(
    clock: FakeClock, closed_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    credentials = Credentials(params={"api_key": SECRET})
    client = SourceClient(
        source_at(f"http://127.0.0.1:{closed_port}"), SecretStr(SECRET), credentials, clock.pace()
    )

    with caplog.at_level("WARNING"), pytest.raises(SourceUnavailable, match="Connection refused") as raised:
        client.get(ANY, "/")
    assert SECRET not in "".join(traceback.format_exception(raised.value)) + caplog.text + repr(client)
    client.close()


def test_a_response_that_is_too_large_is_refused(
    server: SourceServer, client: SourceClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "MAX_BODY_BYTES", 10_000)
    bomb = gzip.compress(b"1" * 1_000_000)
    server.script = [Reply(body=bomb, headers={"Content-Encoding": "gzip"})]

    with pytest.raises(ResponseTooLarge):
        client.get(ANY, "/")


def test_lines_come_one_by_one_and_an_endless_one_is_refused(
    server: SourceServer, client: SourceClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "MAX_LINE_BYTES", 100_000)
    server.script = [Reply(body=b"1\n\n2\n3"), Reply(body=b"1" * 400_000)]

    assert list(client.lines("/", {})) == [b"1", b"2", b"3"]
    with pytest.raises(ResponseTooLarge):
        list(client.lines("/", {}))


def test_a_response_that_never_ends_is_given_up(
    server: SourceServer, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_requests, "MAX_ATTEMPTS", 1)
    pace = clock.pace()
    slow = SourceClient(
        source_at(server.url),
        None,
        Credentials(),
        http.Pace(limit=pace.limit, clock=clock, sleep=clock.sleep, progress=lambda: clock.sleep(130)),
    )

    with pytest.raises(SourceUnavailable, match="not complete after 120 s"):
        slow.get(ANY, "/")
    slow.close()


def test_requests_keep_to_the_rate(server: SourceServer, clock: FakeClock) -> None:
    client = SourceClient(source_at(server.url), None, Credentials(), clock.pace(requests_per_minute=30))

    for _ in range(30):
        client.get(ANY, "/")
    assert clock.waits == [2.0] * 25  # the first five are sent at once
    client.close()


def test_only_a_certificate_that_is_trusted_is_accepted(
    server: SourceServer, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = CertificateAuthority(tmp_path, "authority")
    context = server_context(authority.issue("localhost"))
    with tls_proxy(("127.0.0.1", server.port), context) as port:
        source = source_at(f"https://localhost:{port}")

        client = SourceClient(source, None, Credentials(), clock.pace())
        with pytest.raises(
            SourceRefused, match=r"certificate is not accepted .*: renew it, or set SSL_CERT_FILE"
        ):
            client.get(ANY, "/")
        client.close()

        monkeypatch.setenv("SSL_CERT_FILE", authority.file)
        trusting = SourceClient(source, None, Credentials(), clock.pace())
        assert trusting.get(ANY, "/") == {"answer": 42}
        trusting.close()
    assert clock.waits == []
