"""Notifies receivers of incidents of sensors; of which they were notified is in the database."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from alerter.alert import AlertStatus
from alerter.incident import DueAlert
from alerter.notification import Notification, NotificationBuilder
from alerter.notifier import Notifier
from alerter.telemetry import AlerterTelemetry
from db.evaluation.notifications import RouteColumns

MAX_ALERTS_IN_NOTIFICATION = 1_000
MAX_REPORTED = 20_000
Group = tuple[str, AlertStatus, bool]


class NotificationLog(Protocol):
    """Of which incidents receivers are to be notified, and of which they were.

    Every method raises StoreUnavailable if the database does not answer.
    """

    def add_receiver(self, receiver: str) -> None:
        """Record from when on a receiver is configured, unless it is known."""

    def due(
        self, receiver: str, repeat_seconds: float, routes: Sequence[RouteColumns] = ()
    ) -> list[dict[str, Any]]:
        """Return the incidents of which a receiver is to be notified now, with when it last was."""

    def record(self, receiver: str, incidents: Sequence[int], *, resolved: bool) -> None:
        """Record that a receiver was notified of incidents."""


class Reported:
    """The status of the incidents that were handed to a notifier last. For one thread."""

    def __init__(self) -> None:
        self._statuses: dict[int, AlertStatus] = {}

    def note(self, status: AlertStatus, incidents: Sequence[int]) -> bool:
        """Note the status of incidents; return whether it is new for one of them."""
        is_new = any(self._statuses.get(each) is not status for each in incidents)
        for incident in incidents:
            self._statuses.pop(incident, None)
            self._statuses[incident] = status
        while len(self._statuses) > MAX_REPORTED:
            del self._statuses[next(iter(self._statuses))]
        return is_new


class IncidentNotifier:
    """Hands the notifications that are due to one receiver's notifier.

    The incidents of one kind that are due together are one notification, and the next of that kind follows
    `group_seconds` later. After a kill a receiver may be notified twice, but never not at all. The
    notifiers of all receivers share `reported`, so that telemetry has each start and end once.
    """

    def __init__(
        self,
        log: NotificationLog,
        to_alert: Callable[[Mapping[str, Any]], DueAlert],
        builder: NotificationBuilder,
        telemetry: AlerterTelemetry,
        *,
        repeat_seconds: float,
        group_seconds: float,
        routes: Sequence[RouteColumns] = (),
        reported: Reported | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._log, self._to_alert = log, to_alert
        self._builder, self._telemetry = builder, telemetry
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
            incidents = self._in_flight.pop(notification.notification_id, ())
            if incidents and final:
                self._settled.append((notification.status, incidents))

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
            in_flight = {each for incidents in self._in_flight.values() for each in incidents}
        groups: dict[Group, list[DueAlert]] = defaultdict(list)
        for row in self._log.due(self._notifier.name, self._repeat_seconds, self._routes):
            due = self._to_alert(row)
            if due.incident_id not in in_flight:
                groups[due.alert.kind, due.alert.status, due.notified_at is not None].append(due)
        now = self._clock()
        kinds = {kind for kind, *_ in groups if now >= self._group_due_at.get(kind, now)}
        for (kind, *_), alerts in groups.items():
            if kind in kinds:
                self._group_due_at[kind] = now + self._group_seconds
                for start in range(0, len(alerts), MAX_ALERTS_IN_NOTIFICATION):
                    self._put(alerts[start : start + MAX_ALERTS_IN_NOTIFICATION])

    def _put(self, due: Sequence[DueAlert]) -> None:
        assert self._notifier
        repeat = str(due[0].notified_at or "") if due[0].alert.status is AlertStatus.FIRING else ""
        notification = self._builder.group([each.alert for each in due], repeat=repeat)
        incidents = tuple(each.incident_id for each in due)
        with self._lock:
            self._in_flight[notification.notification_id] = incidents
        if self._reported.note(notification.status, incidents):
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
                status, incidents = settled[0]
                self._log.record(self._notifier.name, incidents, resolved=status is AlertStatus.RESOLVED)
                del settled[0]
        finally:
            with self._lock:
                self._settled[:0] = settled
