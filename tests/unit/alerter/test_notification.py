"""Notifications in the format of Alertmanager's webhook."""

import json
from datetime import timedelta
from typing import Any

import pytest

from alerter.alert import Alert
from alerter.anomaly_alert import ANOMALY_ALERTS
from alerter.excursion_alert import EXCURSION_ALERTS
from alerter.fingerprint import fingerprint
from alerter.notification import NotificationBuilder
from monitoring.problems import ProblemKind
from tests.unit.alerter.problems import BUILDER, STARTED_AT, firing, notification, problem, resolved
from tests.webhook_server import AlertGroup

ENDED_AT = STARTED_AT + timedelta(minutes=7)


def test_a_firing_alert_is_a_group_of_its_own() -> None:
    labels = {"alertname": "SensorOffline", "severity": "warning", "sensor": "kitchen"}
    annotations = {
        "summary": "Sensor kitchen sends no readings.",
        "description": "Sensor kitchen sends no readings. Check its power.",
        "hint": "Check its power.",
    }
    expected: dict[str, Any] = {
        "version": "4",
        "groupKey": '{}:{alertname="SensorOffline", sensor="kitchen"}',
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "sensors",
        "groupLabels": {"alertname": "SensorOffline", "sensor": "kitchen"},
        "commonLabels": labels,
        "commonAnnotations": annotations,
        "externalURL": "http://dashboard.example",
        "alerts": [
            {
                "status": "firing",
                "labels": labels,
                "annotations": annotations,
                "startsAt": "2026-11-22T09:58:30.250000Z",
                "endsAt": "0001-01-01T00:00:00Z",
                "generatorURL": "http://dashboard.example/#problems",
                "fingerprint": fingerprint(labels),
            }
        ],
    }

    sent = firing()

    assert json.loads(sent.body) == expected
    assert AlertGroup.model_validate_json(sent.body)
    assert [(part.message_id, part.body) for part in sent.parts] == [(sent.notification_id, sent.body)]
    assert sent.routing_key == "sensor-offline.firing.kitchen"


def test_a_resolved_alert_has_an_end_and_the_same_fingerprint() -> None:
    before = AlertGroup.model_validate_json(firing().body)
    sent = resolved()

    group = AlertGroup.model_validate_json(sent.body)
    [alert] = group.alerts
    assert (group.status, alert.status) == ("resolved", "resolved")
    assert (alert.startsAt, alert.endsAt) == (STARTED_AT, ENDED_AT)
    assert alert.fingerprint == before.alerts[0].fingerprint
    assert group.groupKey == before.groupKey
    assert sent.routing_key == "sensor-offline.resolved.kitchen"


@pytest.mark.parametrize(
    ("kind", "seconds", "summary"),
    [
        (ProblemKind.SENSOR_OFFLINE, 420, "Sensor kitchen is no longer offline, after 7 min."),
        (ProblemKind.DATABASE_DOWN, 90, "The database is reachable again, after 90 s."),
        (ProblemKind.BACKLOG, 9000, "The backlog of the queue kitchen is over, after 2 h."),
        (ProblemKind.DEAD_LETTERS, 500_000, "The queue kitchen is empty, after 5 d."),
    ],
)
def test_a_resolved_alert_says_what_is_well_again(kind: ProblemKind, seconds: int, summary: str) -> None:
    sent = resolved(problem(kind), ended_at=STARTED_AT + timedelta(seconds=seconds))

    [alert] = AlertGroup.model_validate_json(sent.body).alerts
    assert sent.message == alert.annotations["summary"] == summary
    assert alert.annotations["description"] == f"{summary} The alert was: Sensor kitchen sends no readings."
    assert "hint" not in alert.annotations


@pytest.mark.parametrize("kind", ProblemKind)
def test_every_kind_says_when_it_is_over(kind: ProblemKind) -> None:
    assert resolved(problem(kind)).message != firing(problem(kind)).message


def test_many_alerts_of_a_kind_are_one_group() -> None:
    sent = firing(*(problem(subject=f"s{n}") for n in range(500)))

    group = AlertGroup.model_validate_json(sent.body)
    assert group.groupLabels == {"alertname": "SensorOffline"}
    assert group.groupKey == '{}:{alertname="SensorOffline"}'
    assert group.commonLabels == {"alertname": "SensorOffline", "severity": "warning"}
    assert [alert.labels["sensor"] for alert in group.alerts] == [f"s{n}" for n in range(500)]
    assert (group.status, group.truncatedAlerts) == ("firing", 0)
    assert sent.message == group.commonAnnotations["summary"]
    assert sent.message == (
        "500 SensorOffline alerts are firing: s0, s1, s2, s3, s4, s5, s6, s7, s8, s9 and 490 more."
    )
    assert group.commonAnnotations["hint"] == "Check its power."
    assert sent.routing_key == "sensor-offline.firing"


def test_a_large_group_reaches_the_exchange_in_parts_that_the_broker_accepts() -> None:
    sent = firing(*(problem(subject=f"{n:04}{'ü' * 124}") for n in range(500)))

    groups = [AlertGroup.model_validate_json(part.body) for part in sent.parts]
    assert max(len(part.body) for part in sent.parts) < 65_536
    whole = AlertGroup.model_validate_json(sent.body)
    assert [alert for group in groups for alert in group.alerts] == whole.alerts
    assert {group.groupKey for group in groups} == {whole.groupKey}
    assert len({part.message_id for part in sent.parts}) == len(sent.parts) > 1
    assert sent.parts == firing(*(problem(subject=f"{n:04}{'ü' * 124}") for n in range(500))).parts


@pytest.mark.parametrize("kind", ProblemKind)
def test_every_kind_of_problem_is_an_alert_of_its_name(kind: ProblemKind) -> None:
    group = AlertGroup.model_validate_json(firing(problem(kind, "x")).body)

    assert group.groupLabels["alertname"] == kind.alert_name
    assert group.commonLabels["severity"] == kind.severity


def test_the_subject_is_a_label_named_after_its_type() -> None:
    kinds = (ProblemKind.SERVICE_DOWN, ProblemKind.BACKLOG, ProblemKind.DATABASE_DOWN)
    bodies = [firing(problem(kind, "x")).body for kind in kinds]
    groups = [AlertGroup.model_validate_json(body) for body in bodies]

    assert [group.groupLabels for group in groups] == [
        {"alertname": "ServiceDown", "service": "x"},
        {"alertname": "Backlog", "queue": "x"},
        {"alertname": "DatabaseDown"},
    ]


def test_a_start_of_the_alerter_lists_what_is_firing_and_what_is_unknown() -> None:
    started = BUILDER.alerter_started(STARTED_AT, ["a1", "b2"], [ProblemKind.BACKLOG], 2)

    [alert] = AlertGroup.model_validate_json(started.body).alerts
    assert (alert.status, alert.labels["alertname"]) == ("resolved", "AlerterStarted")
    assert alert.startsAt == alert.endsAt == STARTED_AT
    assert (alert.annotations["firing"], alert.annotations["unknown"]) == (
        "a1 b2", " ".join(["Backlog", *EXCURSION_ALERTS.values(), *ANOMALY_ALERTS.values()]),
    )  # fmt: skip
    assert started.routing_key == "alerter-started.resolved"


def test_the_fingerprint_is_computed_as_in_prometheus() -> None:
    # from the tests of github.com/prometheus/common/model
    labels = {"name": "garland, briggs", "fear": "love is not enough"}

    assert fingerprint(labels) == f"{5799056148416392346:016x}"
    assert fingerprint({}) == f"{14695981039346656037:016x}"


def test_the_same_notification_has_the_same_id_and_any_other_has_another() -> None:
    later = STARTED_AT + timedelta(hours=1)
    different = [
        notification(),
        notification("attic"),
        firing(problem(ProblemKind.SERVICE_DOWN)),
        firing(started_at=later),
        resolved(),
        BUILDER.alerter_started(STARTED_AT, [], [], 0),
        BUILDER.alerter_started(later, [], [], 0),
    ]

    assert len({each.notification_id for each in different}) == len(different)
    elsewhere = NotificationBuilder("http://elsewhere.example")
    assert elsewhere.group([Alert(problem(), STARTED_AT)]).notification_id == notification().notification_id


def test_a_subject_with_quotes_and_other_characters_stays_readable() -> None:
    group = AlertGroup.model_validate_json(notification('kü"che').body)

    assert group.groupKey == '{}:{alertname="SensorOffline", sensor="kü\\"che"}'
    assert group.commonLabels["sensor"] == 'kü"che'
