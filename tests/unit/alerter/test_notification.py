"""Notifications in the format of Alertmanager's webhook."""

import json
from datetime import timedelta
from typing import Any

import pytest

from alerter.fingerprint import fingerprint
from alerter.notification import NotificationBuilder
from monitoring.problems import ProblemKind
from tests.unit.alerter.problems import BUILDER, STARTED_AT, notification, problem
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

    firing = BUILDER.firing(problem(), STARTED_AT)

    assert json.loads(firing.body) == expected
    assert AlertGroup.model_validate_json(firing.body)
    assert firing.routing_key == "sensor-offline.firing.kitchen"


def test_a_resolved_alert_has_an_end_and_the_same_fingerprint() -> None:
    firing = AlertGroup.model_validate_json(BUILDER.firing(problem(), STARTED_AT).body)
    resolved = BUILDER.resolved(problem(), STARTED_AT, ENDED_AT)

    group = AlertGroup.model_validate_json(resolved.body)
    [alert] = group.alerts
    assert (group.status, alert.status) == ("resolved", "resolved")
    assert (alert.startsAt, alert.endsAt) == (STARTED_AT, ENDED_AT)
    assert alert.fingerprint == firing.alerts[0].fingerprint
    assert group.groupKey == firing.groupKey
    assert resolved.routing_key == "sensor-offline.resolved.kitchen"


@pytest.mark.parametrize("kind", ProblemKind)
def test_every_kind_of_problem_is_an_alert_of_its_name(kind: ProblemKind) -> None:
    group = AlertGroup.model_validate_json(BUILDER.firing(problem(kind, "x"), STARTED_AT).body)

    assert group.groupLabels["alertname"] == kind.alert_name
    assert group.commonLabels["severity"] == kind.severity


def test_the_subject_is_a_label_named_after_its_type() -> None:
    kinds = (ProblemKind.SERVICE_DOWN, ProblemKind.BACKLOG, ProblemKind.DATABASE_DOWN)
    bodies = [BUILDER.firing(problem(kind, "x"), STARTED_AT).body for kind in kinds]
    groups = [AlertGroup.model_validate_json(body) for body in bodies]

    assert [group.groupLabels for group in groups] == [
        {"alertname": "ServiceDown", "service": "x"},
        {"alertname": "Backlog", "queue": "x"},
        {"alertname": "DatabaseDown"},
    ]


def test_a_start_of_the_alerter_lists_what_is_firing_and_what_is_unknown() -> None:
    started = BUILDER.alerter_started(STARTED_AT, ["a1", "b2"], [ProblemKind.BACKLOG])

    [alert] = AlertGroup.model_validate_json(started.body).alerts
    assert (alert.status, alert.labels["alertname"]) == ("resolved", "AlerterStarted")
    assert alert.startsAt == alert.endsAt == STARTED_AT
    assert (alert.annotations["firing"], alert.annotations["unknown"]) == ("a1 b2", "Backlog")
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
        BUILDER.firing(problem(ProblemKind.SERVICE_DOWN), STARTED_AT),
        BUILDER.firing(problem(), later),
        BUILDER.resolved(problem(), STARTED_AT, ENDED_AT),
        BUILDER.alerter_started(STARTED_AT, [], []),
        BUILDER.alerter_started(later, [], []),
    ]

    assert len({each.notification_id for each in different}) == len(different)
    elsewhere = NotificationBuilder("http://elsewhere.example")
    assert elsewhere.firing(problem(), STARTED_AT).notification_id == notification().notification_id


def test_a_subject_with_quotes_and_other_characters_stays_readable() -> None:
    group = AlertGroup.model_validate_json(notification('kü"che').body)

    assert group.groupKey == '{}:{alertname="SensorOffline", sensor="kü\\"che"}'
    assert group.commonLabels["sensor"] == 'kü"che'
