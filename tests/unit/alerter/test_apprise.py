"""Notifications arrive as text at a real SMTP server and at a double of ntfy, and no error has a secret."""

import logging
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from apprise import NotifyType
from pydantic import SecretStr

from alerter.message import to_message
from alerter.receivers.apprise_receiver import AppriseReceiver, _notify_type
from monitoring.problems import ProblemKind
from runtime.errors import ConfigurationError, ServiceUnavailable
from runtime.severity import Severity
from tests.ntfy_server import TOKEN, NtfyServer, ntfy_server
from tests.smtp_server import PASSWORD, RECIPIENT, SmtpServer, smtp_server, text_of
from tests.tls import HOST, CertificateAuthority
from tests.unit.alerter.problems import firing, problem, resolved
from tests.unit.alerter.test_incident_notifier import Harness, row

SMTP = "mailtos://alerts:s3cret@smtp.example?from=sensors@example.org"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> CertificateAuthority:
    return CertificateAuthority(tmp_path_factory.mktemp("smtp"), "authority")


@pytest.fixture
def smtp(authority: CertificateAuthority, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmtpServer]:
    monkeypatch.setenv("SSL_CERT_FILE", authority.file)
    with smtp_server(authority.issue(HOST)) as server:
        yield server


@pytest.fixture
def ntfy(monkeypatch: pytest.MonkeyPatch) -> Iterator[NtfyServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with ntfy_server() as server:
        yield server


def receiver(url: str) -> AppriseReceiver:
    return AppriseReceiver("mail", SecretStr(url))


def test_an_alert_is_an_email(smtp: SmtpServer) -> None:
    mail = receiver(smtp.url)

    mail.send(firing())
    mail.send(resolved())

    assert smtp.subjects() == ["FIRING warning: SensorOffline kitchen", "RESOLVED: SensorOffline kitchen"]
    assert smtp.recipients == [[RECIPIENT]] * 2
    assert text_of(smtp.mails[0]).split("\n\n") == [
        "Sensor kitchen sends no readings. Check its power.",
        "http://dashboard.example/#problems",
    ]
    assert text_of(smtp.mails[1]).startswith("Sensor kitchen is no longer offline, after 7 min.")


def test_alerts_that_fire_together_are_one_text(ntfy: NtfyServer) -> None:
    receiver(ntfy.url()).send(firing(*(problem(subject=f"kit\nchen{n}") for n in range(12))))

    [message] = ntfy.published
    assert message.title == "FIRING warning: 12 SensorOffline alerts"
    lines = message.message.split("\n")
    assert lines[0] == r"- Sensor kit\nchen0 sends no readings."
    assert lines[10:] == ["… and 2 more.", "", "Check its power.", "", "http://dashboard.example/"]


def test_a_critical_alert_says_so(ntfy: NtfyServer) -> None:
    receiver(ntfy.url("ops")).send(firing(problem(ProblemKind.BROKER_DOWN, "broker")))

    assert ntfy.titles("ops") == ["FIRING critical: BrokerDown broker"]


def test_alerts_of_mixed_severity_look_like_the_most_urgent_and_list_it_first() -> None:
    warnings = [row(number) for number in range(1, 11)]
    [notification] = Harness().notify(*warnings, row(11, severity="critical"))

    message = to_message(notification)

    assert message.title == "FIRING critical, warning: 11 TemperatureHigh alerts"
    lines = message.body.splitlines()
    assert [line.split(":")[0] for line in lines[:10]] == ["- critical"] + ["- warning"] * 9
    assert lines[10] == "… and 1 more."
    assert message.severity is Severity.CRITICAL
    assert _notify_type(message) is NotifyType.FAILURE


@pytest.mark.parametrize(
    ("replaced", "replacement", "reason"),
    [
        ("s3cret", "s3cret-wrong", "535.*Authentication credentials invalid"),
        (HOST, "nowhere-s3cret.invalid", "not known|Temporary failure"),
        (f"@{HOST}", "@127.0.0.1", "certificate verify failed.*; renew .*, or set SSL_CERT_FILE"),
        ("mailtos:", "mailto:", "AUTH extension not supported.*: write mailtos://"),
        ("?from", "?mode=ssl&from", "does not respond with TLS on this port: .*without it 587"),
    ],
)
def test_what_the_smtp_server_refuses_is_retryable_and_shows_no_secret(
    smtp: SmtpServer, replaced: str, replacement: str, reason: str
) -> None:
    mail = receiver(smtp.url.replace(replaced, replacement))

    with pytest.raises(ServiceUnavailable, match=reason) as error:
        mail.send(firing())

    for secret in ("s3cret", PASSWORD, "sm%2Bp", RECIPIENT, "example.org"):
        assert secret not in str(error.value)
    assert smtp.mails == []


def test_a_refusal_that_repeats_the_address_is_masked(smtp: SmtpServer) -> None:
    smtp.responses = [f"550 5.7.1 {RECIPIENT} refused for alerts sm+p/s3cret"]

    with pytest.raises(ServiceUnavailable, match=r"550, .*\*\*\* refused") as error:
        receiver(smtp.url).send(firing())

    assert RECIPIENT not in str(error.value)
    assert "s3cret" not in str(error.value)


@pytest.mark.parametrize(
    "status", [HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY]
)
def test_what_ntfy_does_not_accept_is_retryable_and_shows_no_topic(
    ntfy: NtfyServer, status: HTTPStatus
) -> None:
    ntfy.responses = [status]

    with pytest.raises(ServiceUnavailable, match=f"{status:d}") as error:
        receiver(ntfy.url("my-topic")).send(firing())

    assert "my-topic" not in str(error.value)
    assert TOKEN not in str(error.value)


def test_an_unexpected_error_of_a_service_is_retryable(
    ntfy: NtfyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = receiver(ntfy.url())

    def fail(**_: object) -> bool:
        raise LookupError(f"no {TOKEN}")

    monkeypatch.setattr(phone._service, "notify", fail)

    with pytest.raises(ServiceUnavailable, match=r"^LookupError: no \*\*\*$"):
        phone.send(firing())


class Records(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.names.append(record.name)


def test_nothing_is_logged_or_printed(
    ntfy: NtfyServer, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    root, handler = logging.getLogger(), Records()
    monkeypatch.setattr(root, "handlers", [handler])
    monkeypatch.setattr(root, "level", logging.DEBUG)
    ntfy.responses = [HTTPStatus.UNAUTHORIZED]
    with pytest.raises(ServiceUnavailable):
        receiver(ntfy.url()).send(firing())
    receiver(ntfy.url()).send(firing())

    assert [name for name in handler.names if name.startswith("apprise")] == []
    assert tuple(capfd.readouterr()) == ("", "")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("nosuch://s3cret", "no service has the scheme nosuch://: see https://appriseit.com/services/"),
        ("tgram://s3cret", r"Unparseable Telegram URL tgram://\*\*\*"),
        ("ntfy://s3cret.example:x/topic", r"\(\*\*\*:\*\*\*\) is invalid"),
        ("ntfy://s3cret.example/one/two", "it has 2 recipients"),
        (f"{SMTP}&to=a@example.org,b@example.org", "it has 2 recipients"),
        (f"{SMTP}&to=s3cret", r"Dropped invalid To email .*\*\*\*"),
        (f"{SMTP}&to=a@example.org&format=s3cret", r"Unsupported format specified '\*\*\*'"),
        ("slack://s3cret/short", "An invalid Slack .* Token"),
    ],
)
def test_an_invalid_address_is_reported_without_it(url: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason) as error:
        receiver(url)

    assert str(error.value).startswith("ALERT_URLS: the address of mail cannot be used: ")
    assert "s3cret" not in str(error.value)
