"""Notifications posted to a real HTTP server that responds with errors, late, or with a redirect."""

from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from pydantic import SecretStr

from alerter.notifier import NonRetryable
from alerter.receivers.webhook import WebhookReceiver
from runtime.errors import ServiceUnavailable
from tests.tls import HOST, CertificateAuthority, server_context, tls_proxy
from tests.unit.alerter.problems import notification
from tests.webhook_server import SECRET, WebhookServer, respond, webhook_server


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebhookServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with webhook_server() as webhook:
        yield webhook


def send(url: str, timeout_seconds: float = 60) -> None:
    with closing(WebhookReceiver(SecretStr(url), timeout_seconds)) as receiver:
        receiver.send(notification())


def garbage(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"\x00\x01 no HTTP\r\n\r\n")


def test_a_notification_is_posted_as_json_with_its_id(webhook: WebhookServer) -> None:
    send(webhook.url)

    [(method, path, headers, body)] = webhook.requests
    assert (method, path) == ("POST", f"/hook?token={SECRET}")
    assert headers["Content-Type"] == "application/json"
    assert headers["Idempotency-Key"] == notification().notification_id
    assert body == notification().body


def test_a_receiver_made_for_alertmanager_accepts_it(webhook: WebhookServer) -> None:
    send(webhook.url)

    [alert] = webhook.alerts("firing", alertname="SensorOffline", sensor="kitchen")
    assert alert.annotations["summary"] == "Sensor kitchen sends no readings."


@pytest.mark.parametrize("code", [500, 503, 408, 425, 429])
def test_a_response_that_may_change_is_retryable(webhook: WebhookServer, code: int) -> None:
    webhook.responses = [respond(code)]

    with pytest.raises(ServiceUnavailable, match=f"responded {code}") as caught:
        send(webhook.url)

    assert not isinstance(caught.value, NonRetryable)


@pytest.mark.parametrize("code", [429, 503])
def test_a_response_says_after_how_long_to_try_again(webhook: WebhookServer, code: int) -> None:
    webhook.responses = [respond(code, **{"Retry-After": "120"})]

    with pytest.raises(ServiceUnavailable) as caught:
        send(webhook.url)

    assert caught.value.retry_after == 120


@pytest.mark.parametrize("code", [400, 401, 404, 410, 413, 304])
def test_a_response_that_will_not_change_is_not_retried(webhook: WebhookServer, code: int) -> None:
    webhook.responses = [respond(code)]

    with pytest.raises(NonRetryable, match=f"responded {code}"):
        send(webhook.url)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(webhook: WebhookServer, code: int) -> None:
    with webhook_server() as elsewhere:
        webhook.responses = [respond(code, Location=elsewhere.url)]

        with pytest.raises(NonRetryable, match="redirects are not followed"):
            send(webhook.url)

        assert elsewhere.requests == []


def test_no_response_in_time_is_retryable(webhook: WebhookServer) -> None:
    webhook.responses = [webhook.never_respond]

    with pytest.raises(ServiceUnavailable, match=r"no answer within 0\.1 s"):
        send(webhook.url, timeout_seconds=0.1)


def test_an_error_of_tls_says_what_to_set(webhook: WebhookServer, tmp_path: Path) -> None:
    certificate = CertificateAuthority(tmp_path, "authority").issue(HOST)
    reason = r"certificate is not accepted .*set SSL_CERT_FILE for the alerter"
    with (
        tls_proxy(("127.0.0.1", webhook.port), server_context(certificate)) as port,
        pytest.raises(ServiceUnavailable, match=reason),
    ):
        send(f"https://{HOST}:{port}/")
    with pytest.raises(ServiceUnavailable, match="does not respond with TLS: it may require http://"):
        send(webhook.url.replace("http:", "https:"))


def test_no_error_contains_the_url(webhook: WebhookServer, closed_port: int) -> None:
    webhook.responses = [garbage]

    for url in (
        f"http://127.0.0.1:{closed_port}/{SECRET}",
        webhook.url,
        f"http://nowhere.invalid/{SECRET}",
        f"http://127.0.0.1:1:{SECRET}/",
    ):
        with pytest.raises(ServiceUnavailable, match=r"does not respond: .+") as caught:
            send(url)
        assert SECRET not in str(caught.value)
        assert "nowhere" not in str(caught.value)
