"""Evaluates the system's status, hands notifications to the notifiers, and keeps the state."""

from collections.abc import Collection, Iterable, Sequence

from alerter.alert import Alert
from alerter.notification import Notification, NotificationBuilder
from alerter.notifier import Notifier
from alerter.routing import Routing
from alerter.settings import AlerterSettings
from alerter.state import AlertState
from alerter.telemetry import AlerterTelemetry
from alerter.tracker import AlertTracker
from monitoring.collector import Collector


class Evaluator:
    """Evaluates again and again, starting from the state of an earlier process. Not thread-safe."""

    def __init__(
        self,
        collector: Collector,
        notifiers: Sequence[Notifier],
        telemetry: AlerterTelemetry,
        settings: AlerterSettings,
        machines: Collection[str],
    ) -> None:
        self._collector, self._notifiers, self._telemetry = collector, notifiers, telemetry
        self._state = AlertState(settings.alerter_state_file)
        builder = NotificationBuilder(settings.alerter_external_url)
        saved = self._state.load()
        self._routing = Routing(settings.routes, machines, builder)
        self._tracker = AlertTracker(
            settings.alerter_for_seconds,
            settings.alerter_group_seconds,
            builder,
            notified=saved.alerts,
        )
        for notifier in notifiers:
            for group in saved.pending.get(notifier.name, ()):
                notifier.put(builder.group(group))
        self._reported_error: str | None = None
        self._report_state()

    def evaluate(self) -> None:
        """Collect the status, and notify of what changed."""
        status = self._collector.collect()
        self._routing.note_locations(status)
        for notification in self._tracker.update(status):
            self._telemetry.notified(notification)
            for notifier in self._notifiers:
                if selected := self._routing.select(notifier.name, notification):
                    notifier.put(selected)
        self.save()
        self._telemetry.evaluated([alert.problem for alert in self._tracker.firing])

    def save(self) -> None:
        """Save the firing alerts, and of which of them a receiver has not been notified yet.

        So after a kill a receiver may be notified again of what it just accepted, but never not at all.
        """
        pending = {
            notifier.name: groups for notifier in self._notifiers if (groups := _problems(notifier.pending))
        }
        self._state.save(self._tracker.firing, pending)
        self._report_state()

    def _report_state(self) -> None:
        if self._state.error != self._reported_error:
            self._reported_error = self._state.error
            if self._state.error:
                self._telemetry.state_unusable(f"{self._state.path}: {self._state.error}")


def _problems(notifications: Iterable[Notification]) -> list[list[Alert]]:
    """Return the groups of alerts of problems; of which excursions receivers know is in the database."""
    groups = [[alert for alert in each.alerts if isinstance(alert, Alert)] for each in notifications]
    return [group for group in groups if group]
