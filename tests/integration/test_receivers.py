"""E-mail arrives at a real SMTP server, and no receiver is notified twice because another is down."""

from http import HTTPStatus
from pathlib import Path

import pytest

from runtime.exit_codes import EXIT_UNAVAILABLE
from tests.broker import VirtualHost
from tests.database import Database
from tests.integration.test_alerter import start_alerter
from tests.ntfy_server import TOKEN, NtfyServer
from tests.privileges import sensorctl
from tests.processes import Processes
from tests.smtp_server import PASSWORD, SmtpServer, text_of
from tests.tls import CertificateAuthority
from tests.waiting import DEADLINE_SECONDS, eventually
from tests.webhook_server import SECRET, WebhookServer

FIRING = "FIRING critical: NoConsumers sensor_data"
NO_CONSUMERS = {"alertname": "NoConsumers"}


@pytest.fixture
def variables(
    smtp: SmtpServer, ntfy: NtfyServer, authority: CertificateAuthority, tmp_path: Path
) -> dict[str, str]:
    """The variables of an alerter with a state, and with receivers whose addresses are in a file."""
    addresses = tmp_path / "addresses"
    addresses.write_text(f"# people\nmail={smtp.url}\nphone={ntfy.url()}\n")
    return {
        "ALERT_URLS_FILE": str(addresses),
        "SSL_CERT_FILE": authority.file,
        "ALERTER_STATE_FILE": str(tmp_path / "alerter.json"),
    }


def test_a_restart_delivers_what_a_receiver_missed_and_repeats_nothing(
    run: Processes,
    broker: VirtualHost,
    database: Database,
    webhook: WebhookServer,
    smtp: SmtpServer,
    ntfy: NtfyServer,
    variables: dict[str, str],
) -> None:
    # given an SMTP server that accepts nothing, and a queue without consumers
    smtp.responses = ["451 4.3.0 try again later"] * 1000
    alerter = start_alerter(run, broker, webhook, **variables)

    # then the others are notified
    alerter.wait_at_webhook("firing", NO_CONSUMERS)
    eventually(lambda: FIRING in ntfy.titles(), DEADLINE_SECONDS, "ntfy is notified")
    alerter.process.wait_for_event("mail unavailable")
    assert alerter.process.stop() == 0

    # and after a restart, the e-mail arrives
    smtp.responses.clear()
    restarted = start_alerter(run, broker, webhook, **variables)
    eventually(lambda: FIRING in smtp.subjects(), DEADLINE_SECONDS, "the e-mail arrives")
    restarted.process.wait_for_event("first evaluation finished")
    assert restarted.process.stop() == 0

    # and no receiver is notified twice
    assert len(webhook.alerts("firing", **NO_CONSUMERS)) == 1
    assert ntfy.titles().count(FIRING) == smtp.subjects().count(FIRING) == 1
    assert text_of(smtp.mails[0]).startswith("The queue sensor_data has no consumers")
    for process in (alerter.process, restarted.process):
        for secret in (SECRET, PASSWORD, TOKEN, "sm%2Bp", str(smtp.port)):
            assert secret not in process.text


def test_a_test_notification_says_what_happens_at_each_receiver(
    broker: VirtualHost,
    webhook: WebhookServer,
    smtp: SmtpServer,
    ntfy: NtfyServer,
    variables: dict[str, str],
) -> None:
    environment = broker.environment | variables | {"ALERT_WEBHOOK_URL": webhook.url, "NO_PROXY": "127.0.0.1"}

    done = sensorctl(environment, "alerter", "--test")

    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines() == [
        "broker: accepted", "webhook: accepted", "mail: accepted", "phone: accepted",
    ]  # fmt: skip
    assert [alert.status for alert in webhook.alerts(alertname="TestNotification")] == ["firing", "resolved"]
    assert smtp.subjects() == ntfy.titles() == ["TEST: TestNotification"]
    assert text_of(smtp.mails[0]).startswith("This is a test")

    # when one does not accept it, then the others are still tried
    smtp.responses = ["554 5.7.1 sm+p/s3cret is no good"]
    ntfy.responses = [HTTPStatus.UNAUTHORIZED]
    done = sensorctl(environment, "alerter", "--test")

    assert done.returncode == EXIT_UNAVAILABLE
    broker_line, webhook_line, mail_line, phone_line = done.stdout.splitlines()
    assert (broker_line, webhook_line) == ("broker: accepted", "webhook: accepted")
    assert mail_line.startswith("mail: not accepted: Socket Exception: (554, ")
    assert phone_line.startswith("phone: not accepted: ")
    assert "401" in phone_line
    assert "s3cret" not in done.stdout
