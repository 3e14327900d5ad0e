"""Composes what evaluates limits and notifies the receivers of excursions."""

from collections.abc import Callable, Sequence

from alerter.excursion_alert import to_due_excursion
from alerter.incident_notifiers import IncidentNotifiers
from alerter.limit_telemetry import LimitTelemetry
from alerter.limits import LimitEvaluator
from alerter.notification import Notification
from alerter.notifier import Notifier
from alerter.settings import AlerterSettings
from alerter.telemetry import AlerterTelemetry
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
        log = ExcursionNotifications(settings)
        self._notifiers = IncidentNotifiers(log, to_due_excursion, settings, telemetry, names)
        self._evaluator = LimitEvaluator(Evaluation(settings), self._notifiers, LimitTelemetry(), stop)

    @property
    def error(self) -> Exception | None:
        """The unexpected error that ended the evaluation."""
        return self._evaluator.error

    def on_settled(self, name: str) -> Callable[[Notification, bool], None]:
        """Return what a receiver's notifier calls for each settled notification."""
        return self._notifiers.on_settled(name)

    def start(self, notifiers: Sequence[Notifier]) -> None:
        """Start the evaluation, and let these notifiers deliver to the receivers of their names."""
        self._notifiers.attach(notifiers)
        self._evaluator.start()

    def join(self) -> None:
        """Wait for the current evaluation, after the shutdown was requested."""
        self._evaluator.join(JOIN_SECONDS)

    def close(self) -> None:
        """Record what the receivers accepted in the end, and close the connections."""
        self._notifiers.close()
