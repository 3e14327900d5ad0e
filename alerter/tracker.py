"""Tracks alerts across evaluations: which start firing, and which are resolved."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerter.alert import Alert
from alerter.fingerprint import fingerprint
from alerter.notification import Notification, NotificationBuilder
from monitoring.model import Problem, SystemStatus
from monitoring.problems import DEFINITIONS, ProblemKind

MAX_ALERTS_IN_NOTIFICATION = 1_000
# Of each kind, at the start. More would not fit into a message of the broker.
MAX_LISTED_ALERTS = 1_000
Key = tuple[ProblemKind, str]
AlertsByKind = defaultdict[ProblemKind, list[tuple[Key, Alert]]]


@dataclass
class TrackedAlert:
    """A problem as it was last seen. `started_at` no longer changes once receivers were notified.

    `is_unknown`: the last status does not have it, because its source is down.
    """

    problem: Problem
    started_at: datetime
    pending_from: float
    notified: bool = False
    absent_from: float | None = None
    absent_at: datetime | None = None
    is_unknown: bool = False

    def postpone(self, seconds: float) -> None:
        """Let a time in which it is unknown whether it lasts count neither as present nor as absent."""
        self.is_unknown = True
        self.pending_from += seconds
        if self.absent_from is not None:
            self.absent_from += seconds


class AlertTracker:
    """Compares each status with the previous status.

    An alert fires once its problem was present in every status for `for_seconds`, and is resolved once it was
    absent for as long. While the source of a kind is down, alerts of that kind that the status does not have
    neither fire nor are resolved, and that time does not count.

    The alerts of one kind that fire at the same time are one notification, and so are those that are
    resolved. The next one of that kind follows `group_seconds` later, with all that changed meanwhile.
    """

    def __init__(
        self,
        for_seconds: float,
        group_seconds: float,
        notifications: NotificationBuilder,
        *,
        notified: Iterable[Alert] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start with the alerts of which receivers were `notified` before a restart."""
        self._for_seconds = for_seconds
        self._group_seconds = group_seconds
        self._notifications = notifications
        self._clock = clock
        self._alerts = {
            _key(alert.problem): TrackedAlert(alert.problem, alert.started_at, clock(), notified=True)
            for alert in notified
        }
        self._group_due_at: dict[ProblemKind, float] = {}
        self._first_update: float | None = None
        self._updated_at = clock()
        self._started = False

    @property
    def firing(self) -> list[Alert]:
        """The alerts that are firing: those of which receivers were notified."""
        return [Alert(each.problem, each.started_at) for each in self._alerts.values() if each.notified]

    def update(self, status: SystemStatus) -> list[Notification]:
        """Return the notifications that follow from this status.

        Once every alert that was firing from the start has been notified, one notification says so.
        """
        now = self._clock()
        self._first_update = now if self._first_update is None else self._first_update
        unknown = _unknown_kinds(status)
        present = {_key(problem): problem for problem in status.problems}
        self._note_absent(self._alerts.keys() - present.keys(), unknown, status.at, now)
        self._note_present(present, status.at, now)
        self._updated_at = now
        notifications = list(self._notify(now))
        if not self._started and now - self._first_update >= self._for_seconds:
            self._started = True
            notifications.append(self._alerter_started(status.at, unknown))
        return notifications

    def _alerter_started(self, at: datetime, unknown: frozenset[ProblemKind]) -> Notification:
        """Build the notification of the start; a kind with too many alerts to list counts as unknown."""
        firing = self.firing
        numbers = Counter(alert.problem.kind for alert in firing)
        unlisted = {kind for kind, number in numbers.items() if number > MAX_LISTED_ALERTS}
        listed = [fingerprint(alert.labels) for alert in firing if alert.problem.kind not in unlisted]
        return self._notifications.alerter_started(at, listed, sorted(unknown | unlisted), len(firing))

    def _note_present(self, present: dict[Key, Problem], at: datetime, now: float) -> None:
        for key, problem in present.items():
            alert = self._alerts.setdefault(key, TrackedAlert(problem, problem.started_at or at, now))
            alert.problem, alert.is_unknown = problem, False
            alert.absent_from = alert.absent_at = None
            if not alert.notified:
                alert.started_at = problem.started_at or alert.started_at

    def _note_absent(self, keys: set[Key], unknown: frozenset[ProblemKind], at: datetime, now: float) -> None:
        for key in keys:
            alert = self._alerts[key]
            if key[0] in unknown:
                alert.postpone(now - self._updated_at)
                continue
            alert.is_unknown = False
            if not alert.notified:
                del self._alerts[key]
            elif alert.absent_from is None:
                alert.absent_from, alert.absent_at = now, at

    def _notify(self, now: float) -> Iterator[Notification]:
        """Yield one notification for each kind and status of the alerts that are due."""
        resolved, firing = self._due(now)
        for kind in (kind for kind in ProblemKind if kind in resolved or kind in firing):
            if now < self._group_due_at.get(kind, now):
                continue
            self._group_due_at[kind] = now + self._group_seconds
            for key, _alert in resolved[kind]:
                del self._alerts[key]
            for key, _alert in firing[kind]:
                self._alerts[key].notified = True
            yield from self._grouped([alert for _key, alert in resolved[kind]])
            yield from self._grouped([alert for _key, alert in firing[kind]])

    def _due(self, now: float) -> tuple[AlertsByKind, AlertsByKind]:
        """Return what is resolved and what fires without a notification so far."""
        resolved: AlertsByKind = defaultdict(list)
        firing: AlertsByKind = defaultdict(list)
        for key, tracked in self._alerts.items():
            if tracked.is_unknown:
                continue
            absent_from = tracked.absent_from
            if tracked.notified and absent_from is not None and now - absent_from >= self._for_seconds:
                alert = Alert(tracked.problem, tracked.started_at, tracked.absent_at)
                resolved[key[0]].append((key, alert))
            elif not tracked.notified and now - tracked.pending_from >= self._for_seconds:
                firing[key[0]].append((key, Alert(tracked.problem, tracked.started_at)))
        return resolved, firing

    def _grouped(self, alerts: Sequence[Alert]) -> Iterator[Notification]:
        for start in range(0, len(alerts), MAX_ALERTS_IN_NOTIFICATION):
            yield self._notifications.group(alerts[start : start + MAX_ALERTS_IN_NOTIFICATION])


def _key(problem: Problem) -> Key:
    return problem.kind, problem.subject


def _unknown_kinds(status: SystemStatus) -> frozenset[ProblemKind]:
    return frozenset(kind for kind in ProblemKind if DEFINITIONS[kind].only_shown_by in status.unread)
