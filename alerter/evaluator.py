"""Evaluates the system's status, hands notifications to the notifiers, and keeps the state."""

from collections.abc import Sequence

from alerter.notification import NotificationBuilder
from alerter.notifier import Notifier
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
    ) -> None:
        self._collector, self._notifiers, self._telemetry = collector, notifiers, telemetry
        self._state = AlertState(settings.alerter_state_file)
        self._tracker = AlertTracker(
            settings.alerter_for_seconds,
            settings.alerter_group_seconds,
            NotificationBuilder(settings.alerter_external_url),
            notified=self._state.load(),
        )
        self._reported_error: str | None = None
        self._report_state()

    def evaluate(self) -> None:
        """Collect the status, and notify of what changed."""
        self.save()
        for notification in self._tracker.update(self._collector.collect()):
            self._telemetry.notified(notification)
            for notifier in self._notifiers:
                notifier.put(notification)
        self._telemetry.evaluated([alert.problem for alert in self._tracker.firing])

    def save(self) -> None:
        """Save the firing alerts, unless a receiver has not been notified of all of them yet.

        So after a kill a receiver may be notified twice, but never not at all.
        """
        if all(notifier.idle for notifier in self._notifiers):
            self._state.save(self._tracker.firing)
            self._report_state()

    def _report_state(self) -> None:
        if self._state.error != self._reported_error:
            self._reported_error = self._state.error
            if self._state.error:
                self._telemetry.state_unusable(f"{self._state.path}: {self._state.error}")
