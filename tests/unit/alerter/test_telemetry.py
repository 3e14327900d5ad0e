"""Each event of the alerter updates its metric, the health and the log together."""

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from alerter.addresses import BROKER, WEBHOOK
from alerter.alert import AlertStatus
from alerter.notification import Notification
from alerter.telemetry import AlerterTelemetry
from monitoring.problems import ProblemKind
from runtime.health import Health
from tests.unit.alerter.problems import BUILDER, STARTED_AT, firing, notification, problem, resolved
from tests.unit.metrics import metric


def test_every_kind_and_receiver_is_exported_from_the_start() -> None:
    AlerterTelemetry(Health(BROKER))

    for kind in ProblemKind:
        assert metric("alerter_alerts_firing", kind=kind) >= 0
        for status in AlertStatus:
            assert metric("alerter_events_total", kind=kind, status=status) >= 0
    for receiver in (BROKER, WEBHOOK):
        for name in (
            "alerter_notifications_delivered_total",
            "alerter_notifications_dropped_total",
            "alerter_notifications_pending",
        ):
            assert metric(name, receiver=receiver) >= 0


@pytest.mark.parametrize(
    ("notified", "line", "level"),
    [
        (notification(), "alert firing", "warning"),
        (resolved(), "alert resolved", "info"),
    ],
)
def test_a_notification_is_counted_and_logged(notified: Notification, line: str, level: str) -> None:
    telemetry = AlerterTelemetry(Health(BROKER))
    labels = {"kind": notified.kind, "status": notified.status}
    before = metric("alerter_events_total", **labels)

    with capture_logs() as lines:
        telemetry.notified(notified)

    assert metric("alerter_events_total", **labels) == before + 1
    [logged] = lines
    assert (logged["event"], logged["log_level"]) == (line, level)
    assert (logged["kind"], logged["subject"]) == ("sensor-offline", "kitchen")


def test_every_alert_of_a_notification_is_counted_and_the_notification_is_one_line() -> None:
    telemetry = AlerterTelemetry(Health(BROKER))
    labels = {"kind": "sensor-offline", "status": "firing"}
    before = metric("alerter_events_total", **labels)

    with capture_logs() as lines:
        telemetry.notified(firing(*(problem(subject=str(n)) for n in range(500))))

    assert metric("alerter_events_total", **labels) == before + 500
    [logged] = lines
    assert (logged["subject"], logged["alerts"]) == (None, 500)


def test_the_first_evaluation_is_logged_and_counts_as_no_event() -> None:
    telemetry = AlerterTelemetry(Health(BROKER))

    with capture_logs() as lines:
        telemetry.notified(BUILDER.alerter_started(STARTED_AT, [], [], 0))

    assert [line["event"] for line in lines] == ["first evaluation finished"]
    labels = {"kind": "alerter-started", "status": "resolved"}
    assert REGISTRY.get_sample_value("alerter_events_total", labels) is None


def test_a_broker_that_is_down_is_a_dependency_that_is_down_and_a_webhook_is_not() -> None:
    health = Health(BROKER)
    telemetry = AlerterTelemetry(health)
    failures = metric("alerter_webhook_failures_total")

    telemetry.receiver_up(BROKER)
    telemetry.receiver_down(WEBHOOK, "the webhook responded 500", 1.0, 3)
    assert health.problems() == {}
    assert metric("alerter_webhook_failures_total") == failures + 1

    telemetry.receiver_down(BROKER, "Connection refused", 1.0, 3)
    assert health.problems() == {BROKER: "Connection refused"}
    assert metric("alerter_dependency_up", dependency=BROKER) == 0

    telemetry.receiver_up(BROKER)
    assert health.problems() == {}
    assert metric("alerter_dependency_up", dependency=BROKER) == 1


def test_a_receiver_that_is_up_again_is_logged_once() -> None:
    telemetry = AlerterTelemetry(Health(BROKER))

    with capture_logs() as lines:
        for _ in range(2):
            telemetry.receiver_up(WEBHOOK)
            telemetry.receiver_up(WEBHOOK)
            telemetry.receiver_down(WEBHOOK, "gone", 1.0, 0)

    assert [line["event"] for line in lines] == ["webhook available", "webhook unavailable"] * 2


def test_a_receiver_is_down_since_the_first_notification_that_it_did_not_accept() -> None:
    telemetry = AlerterTelemetry(Health(BROKER), [BROKER, "mail"])

    def down_since() -> float:
        return metric("alerter_receiver_down_since_timestamp_seconds", receiver="mail")

    assert down_since() == 0

    telemetry.receiver_down("mail", "authentication failed", 1.0, 1)
    first = down_since()
    telemetry.receiver_down("mail", "authentication failed", 1.0, 1)
    assert down_since() == first > 0

    telemetry.receiver_up("mail")
    assert down_since() == 0


def test_a_receiver_that_rejects_a_notification_is_down_until_it_accepts_another() -> None:
    telemetry = AlerterTelemetry(Health(BROKER), [BROKER, WEBHOOK])

    telemetry.dropped(WEBHOOK, notification(), "the webhook responded 404")
    assert metric("alerter_receiver_down_since_timestamp_seconds", receiver=WEBHOOK) > 0

    telemetry.receiver_up(WEBHOOK)
    assert metric("alerter_receiver_down_since_timestamp_seconds", receiver=WEBHOOK) == 0


def test_an_evaluation_is_a_heartbeat_and_counts_the_firing_alerts() -> None:
    health = Health(BROKER)
    telemetry = AlerterTelemetry(health)

    telemetry.evaluated([problem(), problem()])

    assert health.heartbeats == 1
    assert metric("alerter_alerts_firing", kind="sensor-offline") == 2
    assert metric("alerter_alerts_firing", kind="backlog") == 0
