"""The metrics and the log of the evaluation of limits."""

import structlog
from prometheus_client import Counter, Gauge

from db.errors import PermissionDenied
from db.evaluation.evaluation import Evaluated

READINGS = Counter("alerter_readings_evaluated_total", "Readings that were evaluated against limits")
EXCURSIONS = Counter("alerter_excursions_total", "Excursions beyond a limit that were found")
LAST_EVALUATION = Gauge(
    "alerter_last_limit_evaluation_timestamp_seconds",
    "When stored readings were last evaluated against limits",
)


class LimitTelemetry:
    """Records what happens in the thread that evaluates limits."""

    def __init__(self) -> None:
        self._log = structlog.get_logger()
        self._is_down = False

    def evaluated(self, evaluated: Evaluated) -> None:
        """Record an evaluation."""
        READINGS.inc(evaluated.readings)
        EXCURSIONS.inc(evaluated.added)
        LAST_EVALUATION.set_to_current_time()
        if self._is_down:
            self._is_down = False
            self._log.info("limits are evaluated again")

    def failed(self, error: Exception, retry_seconds: float) -> None:
        """Record a failed evaluation, which is retried and continues where the last one ended."""
        if not self._is_down:
            self._is_down = True
            hint = (
                "run `sensorctl setup`, which creates the role for it"
                if isinstance(error, PermissionDenied)
                else None
            )
            self._log.warning(
                "limits not evaluated", reason=str(error), hint=hint, retry_seconds=round(retry_seconds, 1)
            )
