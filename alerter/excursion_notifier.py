"""Notifies receivers of excursions; of which they were notified is in the database."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from alerter.alert import AlertStatus
from alerter.excursion_alert import ExcursionAlert
from alerter.notification import Notification, NotificationBuilder
from alerter.notifier import Notifier
from alerter.telemetry import AlerterTelemetry
from db.evaluation.notifications import ExcursionNotifications, RouteColumns

MAX_ALERTS_IN_NOTIFICATION = 1_000
MAX_REPORTED = 20_000
Group = tuple[str, AlertStatus, bool]


class Reported:
    """The status of the excursions that were handed to a notifier last. For one thread."""

    def __init__(self) -> None:
        self._statuses: dict[int, AlertStatus] = {}

    def note(self, status: AlertStatus, excursions: Sequence[int]) -> bool:
        """Note the status of excursions; return whether it is new for one of them."""
        is_new = any(self._statuses.get(each) is not status for each in excursions)
        for excursion in excursions:
            self._statuses.pop(excursion, None)
            self._statuses[excursion] = status
        while len(self._statuses) > MAX_REPORTED:
            del self._statuses[next(iter(self._statuses))]
        return is_new


class ExcursionNotifier:
    """Hands the notifications that are due to one receiver's notifier.

    The excursions of one kind that are due together are one notification, and the next of that kind follows
    `group_seconds` later. After a kill a receiver may be notified twice, but never not at all. The
    notifiers of all receivers share `reported`, so that telemetry has each start and end once.
    """

    def __init__(
        self,
        log: ExcursionNotifications,
        builder: NotificationBuilder,
        telemetry: AlerterTelemetry,
        *,
        repeat_seconds: float,
        group_seconds: float,
        routes: Sequence[RouteColumns] = (),
        reported: Reported | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._log, self._builder, self._telemetry = log, builder, telemetry
        self._repeat_seconds, self._group_seconds, self._clock = repeat_seconds, group_seconds, clock
        self._routes = routes
        self._reported = Reported() if reported is None else reported
        self._notifier: Notifier | None = None
        self._is_recorded = False
        self._group_due_at: dict[str, float] = {}
        self._lock = threading.Lock()
        self._in_flight: dict[str, tuple[int, ...]] = {}
        self._settled: list[tuple[AlertStatus, tuple[int, ...]]] = []

    def attach(self, notifier: Notifier) -> None:
        """Notify this receiver, of what is open and of what follows."""
        self._notifier = notifier

    def settled(self, notification: Notification, final: bool) -> None:  # noqa: FBT001 (a callback)
        """Note that the receiver accepted or rejected a notification, on the notifier's thread."""
        with self._lock:
            excursions = self._in_flight.pop(notification.notification_id, ())
            if excursions and final:
                self._settled.append((notification.status, excursions))

    def notify(self) -> None:
        """Record what was accepted since the last call, and hand over what is due.

        Raises:
            StoreUnavailable: When the database does not answer; the next call does both.
        """
        if self._notifier is None:
            return
        if not self._is_recorded:
            self._log.add_receiver(self._notifier.name)
            self._is_recorded = True
        self.record()
        with self._lock:
            in_flight = {each for excursions in self._in_flight.values() for each in excursions}
        groups: dict[Group, list[tuple[ExcursionAlert, datetime | None]]] = defaultdict(list)
        for row in self._log.due(self._notifier.name, self._repeat_seconds, self._routes):
            alert, notified_at = _to_alert(row)
            if alert.excursion_id not in in_flight:
                groups[alert.kind, alert.status, notified_at is not None].append((alert, notified_at))
        now = self._clock()
        kinds = {kind for kind, *_ in groups if now >= self._group_due_at.get(kind, now)}
        for (kind, *_), alerts in groups.items():
            if kind in kinds:
                self._group_due_at[kind] = now + self._group_seconds
                for start in range(0, len(alerts), MAX_ALERTS_IN_NOTIFICATION):
                    self._put(alerts[start : start + MAX_ALERTS_IN_NOTIFICATION])

    def _put(self, alerts: Sequence[tuple[ExcursionAlert, datetime | None]]) -> None:
        assert self._notifier
        repeat = str(alerts[0][1] or "") if alerts[0][0].status is AlertStatus.FIRING else ""
        notification = self._builder.group([alert for alert, _ in alerts], repeat=repeat)
        with self._lock:
            self._in_flight[notification.notification_id] = tuple(alert.excursion_id for alert, _ in alerts)
        if self._reported.note(notification.status, [alert.excursion_id for alert, _ in alerts]):
            self._telemetry.notified(notification)
        self._notifier.put(notification)

    def record(self) -> None:
        """Record what was accepted since the last call.

        Raises:
            StoreUnavailable: When the database does not answer; the next call does it.
        """
        if self._notifier is None:
            return
        with self._lock:
            settled, self._settled = self._settled, []
        try:
            while settled:
                status, excursions = settled[0]
                self._log.record(self._notifier.name, excursions, resolved=status is AlertStatus.RESOLVED)
                del settled[0]
        finally:
            with self._lock:
                self._settled[:0] = settled


def _to_alert(row: dict[str, Any]) -> tuple[ExcursionAlert, datetime | None]:
    """Return the alert of a row; one that has ended is firing as long as the receiver does not know it."""
    notified_at: datetime | None = row.pop("firing_at")
    if notified_at is None:
        row = row | {"ended_at": None, "end_reason": None}
    return ExcursionAlert(**row), notified_at
