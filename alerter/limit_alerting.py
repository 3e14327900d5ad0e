"""Composes what evaluates limits and notifies the receivers of excursions."""

from collections.abc import Callable, Sequence
from contextlib import suppress

from alerter.excursion_notifier import ExcursionNotifier, Reported
from alerter.limit_telemetry import LimitTelemetry
from alerter.limits import LimitEvaluator
from alerter.notification import Notification, NotificationBuilder
from alerter.notifier import Notifier
from alerter.settings import AlerterSettings
from alerter.telemetry import AlerterTelemetry
from db.errors import StoreUnavailable
from db.evaluation.evaluation import Evaluation
from db.evaluation.notifications import ExcursionNotifications
from runtime.lifecycle import ShutdownSignal

JOIN_SECONDS = 3.0


class LimitAlerting:
    """Evaluates limits, and notifies the receivers of these names of excursions."""

    def __init__(
        self,
        settings: AlerterSettings,
        telemetry: AlerterTelemetry,
        stop: ShutdownSignal,
        names: Sequence[str],
    ) -> None:
        self._log = ExcursionNotifications(settings)
        reported = Reported()
        self._notifiers = {
            name: ExcursionNotifier(
                self._log,
                NotificationBuilder(settings.alerter_external_url),
                telemetry,
                repeat_seconds=settings.alerter_repeat_seconds,
                group_seconds=settings.alerter_group_seconds,
                routes=[route.to_columns() for route in settings.routes.get(name, ())],
                reported=reported,
            )
            for name in names
        }
        self._evaluator = LimitEvaluator(
            Evaluation(settings), list(self._notifiers.values()), LimitTelemetry(), stop
        )

    @property
    def error(self) -> Exception | None:
        """The unexpected error that ended the evaluation."""
        return self._evaluator.error

    def on_settled(self, name: str) -> Callable[[Notification, bool], None]:
        """Return what a receiver's notifier calls for each settled notification."""
        return self._notifiers[name].settled

    def start(self, notifiers: Sequence[Notifier]) -> None:
        """Start the evaluation, and let these notifiers deliver to the receivers of their names."""
        for notifier in notifiers:
            self._notifiers[notifier.name].attach(notifier)
        self._evaluator.start()

    def join(self) -> None:
        """Wait for the current evaluation, after the shutdown was requested."""
        self._evaluator.join(JOIN_SECONDS)

    def close(self) -> None:
        """Record what the receivers accepted in the end, and close the connections."""
        with suppress(StoreUnavailable):
            for notifier in self._notifiers.values():
                notifier.record()
        self._log.close()
