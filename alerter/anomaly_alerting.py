"""Notifies the receivers of anomalies on a thread of its own. The analysis finds them."""

from collections.abc import Callable, Sequence

import structlog

from alerter.anomaly_alert import to_due_anomaly
from alerter.incident_notifiers import IncidentNotifiers
from alerter.notification import Notification
from alerter.notifier import Notifier
from alerter.settings import AlerterSettings
from alerter.telemetry import AlerterTelemetry
from db.errors import PermissionDenied, StoreUnavailable
from db.evaluation.anomaly_notifications import AnomalyNotifications
from runtime.lifecycle import ShutdownSignal
from runtime.service_thread import ServiceThread

NOTIFY_INTERVAL_SECONDS = 1.0
RETRY_SECONDS = 2.0
JOIN_SECONDS = 3.0


class AnomalyAlerting:
    """Notifies the receivers of these names of anomalies.

    While the database is down it is retried; of what receivers were notified is in the database. An
    unexpected error ends the thread, requests the shutdown, and is kept in `error`.
    """

    def __init__(
        self,
        settings: AlerterSettings,
        telemetry: AlerterTelemetry,
        stop: ShutdownSignal,
        names: Sequence[str],
    ) -> None:
        log = AnomalyNotifications(settings, "anomaly notifications")
        self._notifiers = IncidentNotifiers(log, to_due_anomaly, settings, telemetry, names)
        self._worker = ServiceThread("anomalies", self._run, stop)
        self._stop, self._log = stop, structlog.get_logger()
        self._is_down = False

    @property
    def error(self) -> Exception | None:
        """The unexpected error that ended the thread."""
        return self._worker.error

    def on_settled(self, name: str) -> Callable[[Notification, bool], None]:
        """Return what a receiver's notifier calls for each settled notification."""
        return self._notifiers.on_settled(name)

    def start(self, notifiers: Sequence[Notifier]) -> None:
        """Start the thread, and let these notifiers deliver to the receivers of their names."""
        self._notifiers.attach(notifiers)
        self._worker.start()

    def join(self) -> None:
        """Wait for the current statement, after the shutdown was requested."""
        self._worker.join(JOIN_SECONDS)

    def close(self) -> None:
        """Record what the receivers accepted in the end, and close the connection."""
        self._notifiers.close()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._stop.sleep(self._step())

    def _step(self) -> float:
        """Notify once, and return the seconds until the next time."""
        try:
            self._notifiers.notify()
        except StoreUnavailable as error:
            self._failed(error)
            return RETRY_SECONDS
        if self._is_down:
            self._is_down = False
            self._log.info("receivers are notified of anomalies again")
        return NOTIFY_INTERVAL_SECONDS

    def _failed(self, error: StoreUnavailable) -> None:
        if not self._is_down:
            self._is_down = True
            hint = "run `sensorctl setup`" if isinstance(error, PermissionDenied) else None
            self._log.warning(
                "receivers not notified of anomalies",
                reason=str(error),
                hint=hint,
                retry_seconds=RETRY_SECONDS,
            )
