"""Tracks alerts across evaluations: which start firing, and which are resolved."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from alerter.fingerprint import fingerprint
from alerter.notification import Notification, NotificationBuilder, alert_labels
from monitoring.model import Problem, SystemStatus
from monitoring.problems import ProblemKind

# Kinds that only the broker's statistics show, and kinds that only the database shows.
FROM_BROKER = frozenset({ProblemKind.NO_CONSUMERS, ProblemKind.BACKLOG, ProblemKind.DEAD_LETTERS})
FROM_DATABASE = frozenset({ProblemKind.SENSOR_OFFLINE})
Key = tuple[ProblemKind, str]


@dataclass
class TrackedAlert:
    """A problem as it was last seen. `started_at` no longer changes once receivers were notified."""

    problem: Problem
    started_at: datetime
    pending_from: float
    notified: bool = False
    absent_from: float | None = None
    absent_at: datetime | None = None


class AlertTracker:
    """Compares each status with the previous status.

    An alert fires once its problem was present in every status for `for_seconds`, and is resolved once it was
    absent for as long. While the source of a kind is down, alerts of that kind neither fire nor are resolved.
    """

    def __init__(
        self,
        for_seconds: float,
        notifications: NotificationBuilder,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._for_seconds = for_seconds
        self._notifications = notifications
        self._clock = clock
        self._alerts: dict[Key, TrackedAlert] = {}
        self._first_update: float | None = None
        self._started = False

    @property
    def firing(self) -> list[Problem]:
        """The problems whose alerts are firing."""
        return [alert.problem for alert in self._alerts.values() if alert.notified]

    def update(self, status: SystemStatus) -> list[Notification]:
        """Return the notifications that follow from this status.

        Once every alert that was firing from the start has been notified, one notification says so.
        """
        now = self._clock()
        self._first_update = now if self._first_update is None else self._first_update
        unknown = _unknown_kinds(status)
        present = {(problem.kind, problem.subject): problem for problem in status.problems}
        notifications = [
            *self._update_absent(self._alerts.keys() - present.keys(), unknown, status.at, now),
            *self._update_present(present, status.at, now),
        ]
        if not self._started and now - self._first_update >= self._for_seconds:
            self._started = True
            firing = [fingerprint(alert_labels(problem)) for problem in self.firing]
            notifications.append(self._notifications.alerter_started(status.at, firing, sorted(unknown)))
        return notifications

    def _update_present(
        self, present: dict[Key, Problem], at: datetime, now: float
    ) -> Iterator[Notification]:
        for key, problem in present.items():
            alert = self._alerts.setdefault(key, TrackedAlert(problem, problem.started_at or at, now))
            alert.problem, alert.absent_from, alert.absent_at = problem, None, None
            if not alert.notified:
                alert.started_at = problem.started_at or alert.started_at
                if now - alert.pending_from >= self._for_seconds:
                    alert.notified = True
                    yield self._notifications.firing(problem, alert.started_at)

    def _update_absent(
        self, keys: set[Key], unknown: frozenset[ProblemKind], at: datetime, now: float
    ) -> Iterator[Notification]:
        for key in sorted(keys):
            alert = self._alerts[key]
            if key[0] in unknown:
                continue
            if alert.absent_from is None or alert.absent_at is None:
                alert.absent_from, alert.absent_at = now, at
            if not alert.notified:
                del self._alerts[key]
            elif now - alert.absent_from >= self._for_seconds:
                del self._alerts[key]
                yield self._notifications.resolved(alert.problem, alert.started_at, alert.absent_at)


def _unknown_kinds(status: SystemStatus) -> frozenset[ProblemKind]:
    unknown = frozenset[ProblemKind]()
    if status.queue is None:
        unknown |= FROM_BROKER
    if status.sensors is None:
        unknown |= FROM_DATABASE
    return unknown
