"""Notifications: groups of alerts, in the format of Alertmanager's webhook (version 4).

https://prometheus.io/docs/alerting/latest/configuration/#webhook_config describes the format. Receivers that
are made for it work unchanged. The exchange and the webhook get the same JSON object, except that the
exchange gets the alerts of a large one in several messages.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from alerter.alert import AlertStatus, Labels, Notifiable
from alerter.anomaly_alert import ANOMALY_ALERTS
from alerter.excursion_alert import EXCURSION_ALERTS
from alerter.fingerprint import fingerprint
from monitoring.problems import ProblemKind

VERSION = "4"
RECEIVER = "sensors"
NOT_ENDED = "0001-01-01T00:00:00Z"  # what Alertmanager sends as endsAt while an alert is firing
STARTED_KIND, STARTED_ALERT = "alerter-started", "AlerterStarted"
TEST_KIND, TEST_ALERT = "test-notification", "TestNotification"
NAMESPACE = uuid5(NAMESPACE_URL, "urn:sensors:alerter")
# The broker of this project accepts messages of up to 64 KiB. Besides the alerts, a message has the group's
# fields: up to ten subjects, twice.
MAX_ALERTS_BYTES = 40_000
MAX_SUBJECTS_IN_SUMMARY = 10
JsonObject = dict[str, Any]


class Part(NamedTuple):
    """A message that fits through the broker, with its identifier."""

    message_id: str
    body: bytes


@dataclass(frozen=True)
class Notification:
    """One or more alerts of a kind that are all firing or all resolved, ready to be sent.

    `notification_id` is the same whenever the same notification is sent again. `parts` contain the same
    alerts as `body`. `alerts` is empty if it is about the alerter itself.
    """

    status: AlertStatus
    kind: str
    subjects: tuple[str, ...]
    message: str
    notification_id: str
    routing_key: str
    body: bytes
    parts: tuple[Part, ...]
    alerts: tuple[Notifiable, ...] = ()


class NotificationBuilder:
    """Builds notifications whose links lead to the dashboard at `external_url`."""

    def __init__(self, external_url: str) -> None:
        self._external_url = external_url.rstrip("/")

    def group(self, alerts: Sequence[Notifiable], *, repeat: str = "") -> Notification:
        """Build the notification of alerts of one kind, all of which are firing or all resolved.

        `repeat` distinguishes it from an earlier notification of the same alerts.
        """
        objects = [
            self._alert(alert.labels, alert.annotations, alert.started_at, alert.ended_at, alert.page)
            for alert in alerts
        ]
        subjects = tuple(alert.subject for alert in alerts)
        notification = self._build(alerts[0].status, alerts[0].kind, subjects, objects, repeat)
        return replace(notification, alerts=tuple(alerts))

    def alerter_started(
        self, at: datetime, firing: Iterable[str], unknown: Iterable[ProblemKind], number: int
    ) -> Notification:
        """Build the notification that the alerter has evaluated the system for the first time.

        It has the number of alerts that are firing, their fingerprints, and the names of those that cannot be
        evaluated now or are too many to list, or whose end is always notified. Any other alert that a
        receiver knows was resolved while no alerter was running.
        """
        annotations = {
            "summary": f"The alerter started; alerts firing: {number}.",
            "firing": " ".join(firing),
            "unknown": " ".join(
                [*(kind.alert_name for kind in unknown), *EXCURSION_ALERTS.values(), *ANOMALY_ALERTS.values()]
            ),
        }
        labels = {"alertname": STARTED_ALERT, "severity": "info"}
        alert = self._alert(labels, annotations, at, at, "#problems")
        return self._build(AlertStatus.RESOLVED, STARTED_KIND, ("",), [alert])

    def test(self, at: datetime, ended_at: datetime | None = None) -> Notification:
        """Build the notification that shows whether notifications arrive."""
        labels = {"alertname": TEST_ALERT, "severity": "warning"}
        summary = "This is a test of the notifications of sensors. Nothing is wrong."
        annotations = {"summary": summary, "description": summary}
        alert = self._alert(labels, annotations, at, ended_at, "")
        status = AlertStatus.FIRING if ended_at is None else AlertStatus.RESOLVED
        return self._build(status, TEST_KIND, ("",), [alert])

    def _alert(
        self,
        labels: Labels,
        annotations: Labels,
        started_at: datetime,
        ended_at: datetime | None,
        page: str,
    ) -> JsonObject:
        return {
            "status": AlertStatus.FIRING if ended_at is None else AlertStatus.RESOLVED,
            "labels": labels,
            "annotations": annotations,
            "startsAt": _rfc3339(started_at),
            "endsAt": NOT_ENDED if ended_at is None else _rfc3339(ended_at),
            "generatorURL": f"{self._external_url}/{page}",
            "fingerprint": fingerprint(labels),
        }

    def _build(
        self,
        status: AlertStatus,
        kind: str,
        subjects: tuple[str, ...],
        alerts: Sequence[JsonObject],
        repeat: str = "",
    ) -> Notification:
        group = self._group(subjects, alerts)
        parts = tuple(
            Part(_identifier(part, repeat), json.dumps(self._group(subjects, part)).encode())
            for part in _split(alerts)
        )
        return Notification(
            status=status,
            kind=kind,
            subjects=subjects,
            message=group["commonAnnotations"]["summary"],
            notification_id=_identifier(alerts, repeat),
            routing_key=".".join(filter(None, (kind, status, subjects[0] if len(subjects) == 1 else ""))),
            body=json.dumps(group).encode(),
            parts=parts,
        )

    def _group(self, subjects: tuple[str, ...], alerts: Sequence[JsonObject]) -> JsonObject:
        """Return the object that is sent; `subjects` are those of the whole notification."""
        labels = _common([alert["labels"] for alert in alerts])
        annotations = _common([alert["annotations"] for alert in alerts])
        if len(subjects) > 1:
            summary = _summary(labels["alertname"], alerts[0]["status"], subjects)
            annotations |= {
                "summary": summary,
                "description": f"{summary} {annotations.get('hint', '')}".strip(),
            }
        group_labels = {name: value for name, value in sorted(labels.items()) if name != "severity"}
        matchers = ", ".join(
            f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in group_labels.items()
        )
        return {
            "version": VERSION,
            "groupKey": f"{{}}:{{{matchers}}}",
            "truncatedAlerts": 0,
            "status": alerts[0]["status"],
            "receiver": RECEIVER,
            "groupLabels": group_labels,
            "commonLabels": labels,
            "commonAnnotations": annotations,
            "externalURL": self._external_url,
            "alerts": list(alerts),
        }


def _common(mappings: Sequence[Labels]) -> dict[str, str]:
    """Return what all mappings have in common."""
    first, *others = mappings
    return {name: value for name, value in first.items() if all(o.get(name) == value for o in others)}


def _summary(alert_name: str, status: str, subjects: tuple[str, ...]) -> str:
    named = ", ".join(subjects[:MAX_SUBJECTS_IN_SUMMARY])
    more = len(subjects) - MAX_SUBJECTS_IN_SUMMARY
    return f"{len(subjects)} {alert_name} alerts are {status}: {named}" + (
        f" and {more} more." if more > 0 else "."
    )


def _identifier(alerts: Sequence[JsonObject], repeat: str) -> str:
    """Return an identifier that depends on the alerts and the repeat alone."""
    identity = [value for a in alerts for value in (a["fingerprint"], a["startsAt"], a["status"])]
    identity += [repeat] if repeat else []
    return str(uuid5(NAMESPACE, json.dumps(identity)))


def _split(alerts: Sequence[JsonObject]) -> Iterator[list[JsonObject]]:
    """Split the alerts so that each part fits into a message."""
    part: list[JsonObject] = []
    size = 0
    for alert in alerts:
        alert_size = len(json.dumps(alert)) + 2
        if part and size + alert_size > MAX_ALERTS_BYTES:
            yield part
            part, size = [], 0
        part.append(alert)
        size += alert_size
    yield part


def _rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
