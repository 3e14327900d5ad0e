"""Notifications as texts for people."""

import json
from typing import Any, NamedTuple

from alerter.alert import AlertStatus
from alerter.notification import TEST_KIND, Notification
from runtime.severity import Severity
from runtime.text import escape_unprintable

MAX_LISTED_ALERTS = 10
MAX_SUBJECT_CHARACTERS = 60


class Message(NamedTuple):
    """A title of one line, and a text. `severity` is that of the most urgent alert; None if resolved."""

    title: str
    body: str
    severity: Severity | None


def to_message(notification: Notification) -> Message:
    """Return the text of a notification: what happened, what to do, and the page that shows it."""
    group = json.loads(notification.body)
    alerts = group["alerts"]
    annotations = group["commonAnnotations"]
    if len(alerts) == 1:
        paragraphs = [escape_unprintable(annotations["description"]), alerts[0]["generatorURL"]]
    else:
        paragraphs = [
            _list(alerts),
            escape_unprintable(annotations.get("hint", "")),
            f"{group['externalURL']}/",
        ]
    severities = _severities(alerts)
    is_firing = notification.status is AlertStatus.FIRING
    state = f"FIRING {', '.join(severities)}" if is_firing else "RESOLVED"
    if notification.kind == TEST_KIND:
        state = "TEST"
    return Message(
        title=f"{state}: {_subject(notification, group)}",
        body="\n\n".join(filter(None, paragraphs)),
        severity=severities[0] if is_firing else None,
    )


def _subject(notification: Notification, group: dict[str, Any]) -> str:
    name = group["commonLabels"]["alertname"]
    if len(notification.subjects) > 1:
        return f"{len(notification.subjects)} {name} alerts"
    return f"{name} {escape_unprintable(notification.subjects[0][:MAX_SUBJECT_CHARACTERS])}".strip()


def _severities(alerts: list[dict[str, Any]]) -> list[Severity]:
    """Return the severities of the alerts, the most urgent first: alerts of one kind can differ in it."""
    found = {alert["labels"]["severity"] for alert in alerts}
    return [severity for severity in Severity if severity in found]


def _list(alerts: list[dict[str, Any]]) -> str:
    """Return a line for each alert, the most urgent first; with its severity where they differ."""
    severities = _severities(alerts)
    urgent_first = sorted(alerts, key=lambda alert: severities.index(alert["labels"]["severity"]))
    lines = []
    for alert in urgent_first[:MAX_LISTED_ALERTS]:
        severity = f"{alert['labels']['severity']}: " if len(severities) > 1 else ""
        lines.append(f"- {severity}{escape_unprintable(alert['annotations']['summary'])}")
    more = len(alerts) - MAX_LISTED_ALERTS
    return "\n".join([*lines, f"… and {more} more."] if more > 0 else lines)
