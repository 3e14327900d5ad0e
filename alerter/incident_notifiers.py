"""The notifiers of all receivers for one kind of incidents."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from alerter.incident import DueAlert
from alerter.incident_notifier import IncidentNotifier, Reported
from alerter.notification import Notification, NotificationBuilder
from alerter.notifier import Notifier
from alerter.settings import AlerterSettings
from alerter.telemetry import AlerterTelemetry
from db.errors import StoreUnavailable
from db.evaluation.notifications import IncidentNotifications


class IncidentNotifiers:
    """Notifies the receivers of these names of what the log has. For one thread, except `on_settled`."""

    def __init__(
        self,
        log: IncidentNotifications,
        to_alert: Callable[[Mapping[str, Any]], DueAlert],
        settings: AlerterSettings,
        telemetry: AlerterTelemetry,
        names: Sequence[str],
    ) -> None:
        self._log = log
        reported = Reported()
        self._notifiers = {
            name: IncidentNotifier(
                log,
                to_alert,
                NotificationBuilder(settings.alerter_external_url),
                telemetry,
                repeat_seconds=settings.alerter_repeat_seconds,
                group_seconds=settings.alerter_group_seconds,
                routes=[route.to_columns() for route in settings.routes.get(name, ())],
                reported=reported,
            )
            for name in names
        }

    def on_settled(self, name: str) -> Callable[[Notification, bool], None]:
        """Return what a receiver's notifier calls for each settled notification."""
        return self._notifiers[name].settled

    def attach(self, notifiers: Sequence[Notifier]) -> None:
        """Let these notifiers deliver to the receivers of their names."""
        for notifier in notifiers:
            self._notifiers[notifier.name].attach(notifier)

    def notify(self) -> None:
        """Hand over the notifications that are due, and record those that were accepted.

        Raises:
            StoreUnavailable: When the database does not answer.
        """
        for notifier in self._notifiers.values():
            notifier.notify()

    def close(self) -> None:
        """Record what the receivers accepted in the end, and close the connection."""
        with suppress(StoreUnavailable):
            for notifier in self._notifiers.values():
                notifier.record()
        self._log.close()
