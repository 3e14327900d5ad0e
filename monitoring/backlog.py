"""Estimates how old the readings in the queue are."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median_high

from monitoring.model import Queue, Sensor
from monitoring.services import ServiceReport, sample_value

LAST_STORED = "pipeline_last_stored_timestamp_seconds"
# Sensors whose last reading arrived at most this long before the newest one are active.
ACTIVE = timedelta(minutes=1)


class BacklogEstimator:
    """Estimates when the oldest reading in the queue was measured.

    A queue is consumed in order, so its oldest reading was measured just after the newest stored one; the
    estimate is early by at most one interval of a sensor. The reading also arrived after the queue was last
    seen empty, however old the newest stored reading is.
    """

    def __init__(self) -> None:
        self._last_empty_at: datetime | None = None

    def oldest_measured_at(
        self, queue: Queue, at: datetime, sensors: Sequence[Sensor], reports: Iterable[ServiceReport]
    ) -> datetime | None:
        """Return the estimate; None if the queue is empty or nothing is known."""
        if not queue.ready:
            self._last_empty_at = at
            return None
        candidates = [moment for moment in (_newest_stored(sensors, reports), self._last_empty_at) if moment]
        return min(at, max(candidates)) if candidates else None


def _newest_stored(sensors: Sequence[Sensor], reports: Iterable[ServiceReport]) -> datetime | None:
    """Return when the newest stored readings were measured.

    It is the median of the active sensors, because single clocks may be wrong. While the database is down,
    the consumers report when they last stored a reading.
    """
    arrivals = [(s.last_received_at, s.last_measured_at) for s in sensors if s.last_received_at]
    if arrivals:
        newest, _ = max(arrivals)
        return median_high(measured for received, measured in arrivals if received >= newest - ACTIVE)
    reported = [sample_value(report.samples, LAST_STORED) for report in reports]
    return max((datetime.fromtimestamp(moment, UTC) for moment in reported if moment), default=None)
