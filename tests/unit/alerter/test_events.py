"""Each event of the watch moves its metric, the health and the log together."""

from datetime import UTC, datetime

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from alerter.alert import Event, began, ended, started
from alerter.telemetry import BROKER, WEBHOOK, AlerterTelemetry
from monitoring.model import Problem
from monitoring.problems import ProblemKind
from runtime.health import Health

AT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
PROBLEM = Problem(
    kind=ProblemKind.SENSOR_OFFLINE, subject="kitchen", started_at=AT, message="It is silent.", hint="Look."
)


def metric(name: str, **labels: str) -> float:
    value = REGISTRY.get_sample_value(name, labels)
    assert value is not None, f"{name} is not exported from the start"
    return value


def test_every_kind_and_receiver_is_exported_from_the_start() -> None:
    AlerterTelemetry(Health(BROKER))

    for kind in ProblemKind:
        assert metric("alerter_problems", kind=kind) >= 0
        for change in ("began", "ended"):
            assert metric("alerter_events_told_total", kind=kind, change=change) >= 0
    for receiver in (BROKER, WEBHOOK):
        for name in (
            "alerter_events_delivered_total",
            "alerter_events_dropped_total",
            "alerter_events_waiting",
        ):
            assert metric(name, receiver=receiver) >= 0


@pytest.mark.parametrize(
    ("event", "line", "level"),
    [
        (began(PROBLEM, AT), "problem began", "warning"),
        (ended(PROBLEM, AT, AT), "problem ended", "info"),
        (started(AT, [], []), "watching", "info"),
    ],
)
def test_what_is_told_is_counted_and_logged(event: Event, line: str, level: str) -> None:
    events = AlerterTelemetry(Health(BROKER))
    labels = {"kind": event.kind, "change": event.change}
    before = REGISTRY.get_sample_value("alerter_events_told_total", labels) or 0

    with capture_logs() as lines:
        events.told(event)

    assert metric("alerter_events_told_total", **labels) == before + 1
    assert [(one["event"], one["log_level"]) for one in lines] == [(line, level)]


def test_a_lost_broker_is_an_outage_and_a_lost_webhook_is_none() -> None:
    health = Health(BROKER)
    events = AlerterTelemetry(health)
    failures = metric("alerter_webhook_failures_total")

    events.answers(BROKER)
    events.lost(WEBHOOK, "the webhook answers 500", 1.0, 3)
    assert health.problems() == {}
    assert metric("alerter_webhook_failures_total") == failures + 1

    events.lost(BROKER, "Connection refused", 1.0, 3)
    assert health.problems() == {BROKER: "Connection refused"}
    assert metric("alerter_dependency_up", dependency=BROKER) == 0

    events.answers(BROKER)
    assert health.problems() == {}
    assert metric("alerter_dependency_up", dependency=BROKER) == 1


def test_that_a_receiver_answers_is_told_once_after_each_loss() -> None:
    events = AlerterTelemetry(Health(BROKER))

    with capture_logs() as lines:
        for _ in range(2):
            events.answers(WEBHOOK)
            events.answers(WEBHOOK)
            events.lost(WEBHOOK, "gone", 1.0, 0)

    assert [line["event"] for line in lines] == ["webhook answers", "webhook unavailable"] * 2


def test_a_look_is_a_sign_of_life_and_counts_what_lasts() -> None:
    health = Health(BROKER)
    events = AlerterTelemetry(health)

    events.looked([PROBLEM, PROBLEM])

    assert health.heartbeats == 1
    assert metric("alerter_problems", kind="sensor-offline") == 2
    assert metric("alerter_problems", kind="backlog") == 0
