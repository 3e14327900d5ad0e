"""Evaluates limits on a thread of its own while readings are stored, and notifies of excursions."""

import time

from alerter.incident_notifiers import IncidentNotifiers
from alerter.limit_telemetry import LimitTelemetry
from db.errors import InvalidData, StoreUnavailable
from db.evaluation.evaluation import Evaluation
from runtime.lifecycle import ShutdownSignal
from runtime.service_thread import ServiceThread

POLL_INTERVAL_SECONDS = 0.5
RETRY_SECONDS = 2.0
NOTIFY_INTERVAL_SECONDS = 1.0


class LimitEvaluator:
    """Evaluates what was stored twice per second, and again at once while more is stored already.

    While the database is down it is retried; nothing is lost, because the position is in the database. An
    unexpected error ends the thread, requests the shutdown, and is kept in `error`.
    """

    def __init__(
        self,
        evaluation: Evaluation,
        notifiers: IncidentNotifiers,
        telemetry: LimitTelemetry,
        stop: ShutdownSignal,
    ) -> None:
        self._worker = ServiceThread("limits", self._run, stop, close=evaluation.close)
        self._evaluation, self._notifiers = evaluation, notifiers
        self._telemetry, self._stop = telemetry, stop
        self._notify_due_at = 0.0

    @property
    def error(self) -> Exception | None:
        """The unexpected error that ended the thread."""
        return self._worker.error

    def start(self) -> None:
        """Start the thread."""
        self._worker.start()

    def join(self, timeout_seconds: float) -> None:
        """Wait for the current evaluation, after the shutdown was requested."""
        self._worker.join(timeout_seconds)

    def run_once(self) -> bool:
        """Evaluate what is stored, and notify of it; return whether more is stored already.

        Raises:
            InvalidData: When the database refuses what was computed.
            StoreUnavailable: When the database does not answer.
        """
        evaluated = self._evaluation.evaluate()
        if evaluated.added or time.monotonic() >= self._notify_due_at:
            self._notify_due_at = time.monotonic() + NOTIFY_INTERVAL_SECONDS
            self.notify()
        self._telemetry.evaluated(evaluated)
        return evaluated.is_behind

    def notify(self) -> None:
        """Hand over the notifications that are due, and record those that were accepted.

        Raises:
            StoreUnavailable: When the database does not answer.
        """
        self._notifiers.notify()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._stop.sleep(self._step())

    def _step(self) -> float:
        """Run once, and return the seconds until the next time."""
        try:
            return 0.0 if self.run_once() else POLL_INTERVAL_SECONDS
        except (StoreUnavailable, InvalidData) as error:
            self._telemetry.failed(error, RETRY_SECONDS)
            return RETRY_SECONDS
