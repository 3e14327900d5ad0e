"""Notifications: one alert each, in the format of Alertmanager's webhook (version 4).

https://prometheus.io/docs/alerting/latest/configuration/#webhook_config describes the format. Receivers that
are made for it work unchanged. The exchange and the webhook get the same JSON object.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from alerter.fingerprint import fingerprint
from monitoring.model import Problem
from monitoring.problems import ProblemKind

VERSION = "4"
RECEIVER = "sensors"
NOT_ENDED = "0001-01-01T00:00:00Z"  # what Alertmanager sends as endsAt while an alert is firing
STARTED_KIND, STARTED_ALERT = "alerter-started", "AlerterStarted"
NAMESPACE = uuid5(NAMESPACE_URL, "urn:sensors:alerter")
Labels = Mapping[str, str]
# The label that holds the subject of a problem. A broker and a database need none.
SUBJECT_LABELS = {
    ProblemKind.SENSOR_OFFLINE: "sensor",
    ProblemKind.SERVICE_DOWN: "service",
    ProblemKind.SERVICE_STALLED: "service",
    ProblemKind.SERVICE_NOT_READY: "service",
    ProblemKind.NO_CONSUMERS: "queue",
    ProblemKind.BACKLOG: "queue",
    ProblemKind.DEAD_LETTERS: "queue",
}


class AlertStatus(StrEnum):
    """Whether an alert is firing or resolved."""

    FIRING = "firing"
    RESOLVED = "resolved"


@dataclass(frozen=True)
class Notification:
    """An alert that is firing or resolved, ready to be sent.

    `notification_id` is the same whenever the same notification is sent again.
    """

    status: AlertStatus
    kind: str
    subject: str
    message: str
    notification_id: str
    routing_key: str
    body: bytes


def alert_labels(problem: Problem) -> dict[str, str]:
    """Return the labels that identify the alert of a problem."""
    labels = {"alertname": problem.kind.alert_name, "severity": str(problem.severity)}
    if name := SUBJECT_LABELS.get(problem.kind):
        labels[name] = problem.subject
    return labels


class NotificationBuilder:
    """Builds notifications whose links lead to the dashboard at `external_url`."""

    def __init__(self, external_url: str) -> None:
        self._external_url = external_url.rstrip("/")

    def firing(self, problem: Problem, started_at: datetime) -> Notification:
        """Build the notification of an alert that started firing."""
        return self._of_problem(problem, started_at, None)

    def resolved(self, problem: Problem, started_at: datetime, ended_at: datetime) -> Notification:
        """Build the notification of an alert that is resolved."""
        return self._of_problem(problem, started_at, ended_at)

    def alerter_started(
        self, at: datetime, firing: Collection[str], unknown: Iterable[ProblemKind]
    ) -> Notification:
        """Build the notification that the alerter has evaluated the system for the first time.

        It lists the fingerprints of the alerts that are firing, and the names of those that cannot be
        evaluated now. Any other alert that a receiver knows was resolved while no alerter was running.
        """
        message = f"The alerter started; alerts firing: {len(firing)}."
        annotations = {
            "summary": message,
            "firing": " ".join(firing),
            "unknown": " ".join(kind.alert_name for kind in unknown),
        }
        labels = {"alertname": STARTED_ALERT, "severity": "info"}
        return self._build(STARTED_KIND, "", labels, annotations, started_at=at, ended_at=at)

    def _of_problem(self, problem: Problem, started_at: datetime, ended_at: datetime | None) -> Notification:
        annotations = {
            "summary": problem.message,
            "description": f"{problem.message} {problem.hint}",
            "hint": problem.hint,
        }
        labels = alert_labels(problem)
        return self._build(
            problem.kind, problem.subject, labels, annotations, started_at=started_at, ended_at=ended_at
        )

    def _build(
        self,
        kind: str,
        subject: str,
        labels: Labels,
        annotations: Labels,
        *,
        started_at: datetime,
        ended_at: datetime | None,
    ) -> Notification:
        status = AlertStatus.FIRING if ended_at is None else AlertStatus.RESOLVED
        alert = {
            "status": status,
            "labels": labels,
            "annotations": annotations,
            "startsAt": _rfc3339(started_at),
            "endsAt": NOT_ENDED if ended_at is None else _rfc3339(ended_at),
            "generatorURL": f"{self._external_url}/#problems",
            "fingerprint": fingerprint(labels),
        }
        identity = [alert["fingerprint"], alert["startsAt"], status]
        return Notification(
            status=status,
            kind=kind,
            subject=subject,
            message=annotations["summary"],
            notification_id=str(uuid5(NAMESPACE, json.dumps(identity))),
            routing_key=".".join(filter(None, (kind, status, subject))),
            body=json.dumps(self._group(alert)).encode(),
        )

    def _group(self, alert: dict[str, Any]) -> dict[str, Any]:
        """Return the object that is sent: a group of this alert alone.

        A group per alert, because a receiver may take the status of the group for that of the incident.
        """
        labels: Labels = alert["labels"]
        group_labels = {name: value for name, value in sorted(labels.items()) if name != "severity"}
        matchers = ", ".join(
            f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in group_labels.items()
        )
        return {
            "version": VERSION,
            "groupKey": f"{{}}:{{{matchers}}}",
            "truncatedAlerts": 0,
            "status": alert["status"],
            "receiver": RECEIVER,
            "groupLabels": group_labels,
            "commonLabels": labels,
            "commonAnnotations": alert["annotations"],
            "externalURL": self._external_url,
            "alerts": [alert],
        }


def _rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
