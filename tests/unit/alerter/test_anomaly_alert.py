"""Receivers are notified of anomalies at the severity info."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from alerter.anomaly_alert import ANOMALY_ALERTS, to_due_anomaly
from alerter.incident import DueAlert
from alerter.message import to_message
from analysis.anomaly import AnomalyKind
from runtime.severity import LimitSeverity, Severity
from tests.unit.alerter.test_incident_notifier import Harness
from tests.webhook_server import AlertGroup

STARTED_AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
ENDED = {"ended_at": STARTED_AT + timedelta(minutes=12)}
REASON = "25 °C where 4.1 to 5.0 °C was expected: a lasting step of 20.4 K within one reading"


def row(number: int, **values: Any) -> dict[str, Any]:
    return {
        "anomaly_id": number, "sensor_id": "1", "name": "Fridge", "location": None, "kind": "level-shift",
        "started_at": STARTED_AT, "ended_at": None, "withdrawn": False, "score": 3.456, "observed": 25.0,
        "expected": 4.6, "lower": 4.1, "upper": 5.0, "reason": REASON, "firing_at": None,
    } | values  # fmt: skip


@pytest.fixture
def harness() -> Harness:
    return Harness(to_alert=to_due_anomaly)


def test_its_alert_says_what_was_expected_instead(harness: Harness) -> None:
    [notification] = harness.notify(row(7))

    [alert] = AlertGroup.model_validate_json(notification.body).alerts
    assert notification.routing_key == "temperature-level-shift.firing.1"
    assert alert.labels == {"alertname": "TemperatureLevelShift", "severity": "info", "sensor": "1"}
    assert alert.generatorURL == "http://page/#/sensor/1"
    figures = ("anomaly", "reason", "observed", "expected", "interval", "score")
    assert [alert.annotations[name] for name in figures] == ["7", REASON, "25", "4.6", "4.1 to 5", "3.46"]
    assert to_message(notification).title == "FIRING info: TemperatureLevelShift 1"
    assert "`sensorctl anomalies mark 7 right`" in alert.annotations["hint"]


def test_anomalies_of_a_kind_that_are_due_together_are_one_notification(harness: Harness) -> None:
    notifications = harness.notify(row(1), row(2, sensor_id="2"), row(3, kind="stuck"))

    assert [(each.kind, each.subjects) for each in notifications] == [
        ("temperature-level-shift", ("1", "2")),
        ("temperature-stuck", ("1",)),
    ]


def test_one_that_ended_before_a_receiver_was_notified_is_notified_once_as_resolved(
    harness: Harness,
) -> None:
    [notification] = harness.notify(row(1, **ENDED))
    harness.settle(notification)
    harness.notify()

    assert notification.status == "resolved"
    assert harness.log.recorded == [([1], True)]


@pytest.mark.parametrize(
    ("values", "summary"),
    [
        ({}, f"Sensor 1 (Fridge): level shift since 2026-11-26 12:00:00 UTC: {REASON}."),
        (
            ENDED | {"kind": "stuck", "name": None},
            f"Sensor 1: stuck value at 2026-11-26 12:00:00 UTC is over after 12 min: {REASON}.",
        ),
        (
            ENDED | {"withdrawn": True, "kind": "spike"},
            (f"Sensor 1 (Fridge): spike withdrawn, it was none or another anomaly explains it: {REASON}."),
        ),
    ],
)
def test_the_summary_says_what_is_not_normal(values: dict[str, Any], summary: str) -> None:
    due: DueAlert = to_due_anomaly(row(1, **values))

    assert due.alert.annotations["summary"] == summary


def test_each_kind_of_anomaly_has_an_alert_of_its_own() -> None:
    assert ANOMALY_ALERTS.keys() == set(AnomalyKind)
    assert len(set(ANOMALY_ALERTS.values())) == len(AnomalyKind)


def test_a_limit_is_more_severe_than_an_anomaly() -> None:
    assert set(get_args(LimitSeverity)) == set(Severity) - {Severity.INFO}
