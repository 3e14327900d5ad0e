"""A notifier delivers in order through every outage of its receiver."""

from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler
from itertools import chain, repeat
from typing import Any

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from alerter.addresses import WEBHOOK
from alerter.notification import Notification
from alerter.notifier import Notifier
from alerter.pending import MAX_PENDING
from alerter.receivers.webhook import WebhookReceiver
from alerter.telemetry import AlerterTelemetry
from runtime.errors import ServiceUnavailable
from runtime.health import Health
from runtime.lifecycle import ShutdownSignal
from tests.unit.alerter.problems import notification
from tests.unit.fakes import EventRecorder, wait_until
from tests.webhook_server import SECRET, WebhookServer, respond, webhook_server


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebhookServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with webhook_server() as webhook:
        yield webhook


@pytest.fixture
def notifier(webhook: WebhookServer, quick_retries: None) -> Iterator[Notifier]:
    connect = partial(WebhookReceiver, SecretStr(webhook.url), 60)
    notifier = Notifier(WEBHOOK, connect, AlerterTelemetry(Health()), ShutdownSignal())
    notifier.start()
    yield notifier
    webhook.responses.clear()
    notifier.finish(60)
    assert notifier.error is None


def garbage(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"\x00\x01 no HTTP\r\n\r\n")


def accepted(webhook: WebhookServer) -> list[str]:
    """Return the sensors of the accepted alerts."""
    return [alert.labels["sensor"] for alert in webhook.alerts()]


def test_notifications_arrive_in_order_through_every_failure(
    webhook: WebhookServer, quick_retries: None
) -> None:
    # given a webhook that fails in every way, and a short timeout only where no response is sent
    webhook.responses = [respond(500), webhook.never_respond, garbage, respond(429), respond(503)]
    timeouts = chain([60, 0.2], repeat(60))
    notifier = Notifier(
        WEBHOOK,
        lambda: WebhookReceiver(SecretStr(webhook.url), next(timeouts)),
        AlerterTelemetry(Health()),
        ShutdownSignal(),
    )
    notifier.start()

    for number in range(1, 6):
        notifier.put(notification(str(number)))

    wait_until(lambda: len(webhook.accepted) == 5)
    notifier.finish(60)
    assert notifier.error is None
    assert accepted(webhook) == ["1", "2", "3", "4", "5"]
    assert len(webhook.requests) == 10


def test_a_rejected_notification_delays_no_other_and_is_logged(
    webhook: WebhookServer, notifier: Notifier
) -> None:
    webhook.responses = [respond(404)]

    with capture_logs() as lines:
        notifier.put(notification("1"))
        notifier.put(notification("2"))
        wait_until(lambda: accepted(webhook) == ["2"])

    [line] = [line for line in lines if line["event"] == "notification dropped"]
    assert (line["receiver"], line["key"]) == (WEBHOOK, "sensor-offline.firing.1")
    assert SECRET not in str(lines)


def test_during_an_outage_the_newest_notifications_are_kept(quick_retries: None) -> None:
    # given a receiver that is down
    events = EventRecorder(AlerterTelemetry)
    down = True
    accepted: list[str] = []

    class Receiver(WebhookReceiver):
        def send(self, notification: Notification) -> None:
            if down:
                raise ServiceUnavailable("down")
            accepted.append(notification.subjects[0])

    connect = partial(Receiver, SecretStr("http://127.0.0.1:1/"), 60)
    notifier = Notifier(WEBHOOK, connect, events, ShutdownSignal())  # type: ignore[arg-type]
    notifier.start()
    # when more notifications are put than are kept
    for number in range(MAX_PENDING + 3):
        notifier.put(notification(str(number)))
    wait_until(lambda: bool(events.calls_to("receiver_down")))
    down = False
    # then the oldest are dropped and reported, and the others arrive; the first is in flight and may arrive
    wait_until(lambda: accepted[-1:] == [str(MAX_PENDING + 2)])
    notifier.finish(60)
    assert [dropped.subjects[0] for _, dropped, _ in events.calls_to("dropped")] == ["0", "1", "2"]
    arrived = [number for number in accepted if number != "0"]
    assert arrived == [str(number) for number in range(3, MAX_PENDING + 3)]


def test_a_notification_is_dropped_after_the_maximum_retry_time(
    webhook: WebhookServer, quick_retries: None
) -> None:
    events = EventRecorder(AlerterTelemetry)
    webhook.responses = [respond(500)] * 1000
    connect = partial(WebhookReceiver, SecretStr(webhook.url), 60)
    notifier = Notifier(WEBHOOK, connect, events, ShutdownSignal(), max_retry_seconds=0.05)  # type: ignore[arg-type]
    notifier.start()

    notifier.put(notification())

    wait_until(lambda: bool(events.calls_to("dropped")))
    notifier.finish(60)


def test_finishing_tries_what_is_pending_once_more_and_reports_what_is_undelivered(
    webhook: WebhookServer, quick_retries: None
) -> None:
    events = EventRecorder(AlerterTelemetry)
    webhook.responses = [respond(500)] * 1000
    connect = partial(WebhookReceiver, SecretStr(webhook.url), 60)
    notifier = Notifier(WEBHOOK, connect, events, ShutdownSignal())  # type: ignore[arg-type]
    notifier.start()
    notifier.put(notification())
    wait_until(lambda: bool(events.calls_to("receiver_down")))

    notifier.finish(60)

    assert events.calls_to("undelivered") == [(WEBHOOK, 1)]


def test_an_unexpected_error_stops_the_process(quick_retries: None) -> None:
    class Broken(WebhookReceiver):
        def send(self, notification: Notification) -> None:
            raise RuntimeError("unexpected")

    stop = ShutdownSignal()
    events: Any = EventRecorder(AlerterTelemetry)
    notifier = Notifier(WEBHOOK, lambda: Broken(SecretStr("http://x/")), events, stop)
    notifier.start()
    notifier.put(notification())

    wait_until(stop.is_set)
    notifier.finish(60)
    assert str(notifier.error) == "unexpected"
