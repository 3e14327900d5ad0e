"""Since about when the readings in the queue wait."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median_high

from monitoring.model import Queue, Sensor
from monitoring.services import Answer, value_of

LAST_STORED = "pipeline_last_stored_timestamp_seconds"
# Sensors that were heard so shortly before the last one are working.
WORKING = timedelta(minutes=1)


class Backlog:
    """The oldest waiting reading was measured just after the newest one that was stored.

    That is right for a queue that is worked off in order, and early by at most a sensor's interval. It
    came after the last look that found the queue empty, however old what is stored may be.
    """

    def __init__(self) -> None:
        self._empty_at: datetime | None = None

    def oldest(
        self, queue: Queue, at: datetime, sensors: Sequence[Sensor], answers: Iterable[Answer]
    ) -> datetime | None:
        """When the oldest waiting reading was measured; None when none waits or nothing is known."""
        if not queue.ready:
            self._empty_at = at
            return None
        known = [moment for moment in (_newest_stored(sensors, answers), self._empty_at) if moment]
        return min(at, max(known)) if known else None


def _newest_stored(sensors: Sequence[Sensor], answers: Iterable[Answer]) -> datetime | None:
    """When the newest stored readings were measured: the median of the sensors, as some clock may be wrong.

    While the database is away, the consumers tell when they last stored something.
    """
    heard = [(s.last_received_at, s.last_measured_at) for s in sensors if s.last_received_at]
    if heard:
        last, _ = max(heard)
        return median_high(measured for received, measured in heard if received >= last - WORKING)
    told = [value_of(answer.samples, LAST_STORED) for answer in answers]
    return max((datetime.fromtimestamp(moment, UTC) for moment in told if moment), default=None)
