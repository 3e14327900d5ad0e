"""The last hour of queue depth, rates and latency, in bounded memory."""

from collections import deque

from dashboard.models import History, Point
from monitoring.model import SystemStatus

HOUR_SECONDS = 3600
# The broker updates its own statistics as often, so a shorter step would add nothing.
STEP_SECONDS = 5


class HistoryBuffer:
    """Keeps the latest point of each step of the last hour."""

    def __init__(self) -> None:
        self._points: deque[Point] = deque(maxlen=HOUR_SECONDS // STEP_SECONDS)

    def add(self, status: SystemStatus) -> Point:
        """Add and return the point of this status, which replaces an earlier point of the same step.

        After the clock was set back it replaces all points that are in the future now.
        """
        point = _to_point(status)
        while self._points and self._points[-1].at >= point.at:
            self._points.pop()
        self._points.append(point)
        return point

    def history(self) -> History:
        """Return the points of the hour before the latest one."""
        points = list(self._points)
        start = points[-1].at - HOUR_SECONDS if points else 0
        return History(step_seconds=STEP_SECONDS, points=[point for point in points if point.at > start])


def _to_point(status: SystemStatus) -> Point:
    queue, throughput = status.queue, status.throughput
    return Point(
        at=int(status.at.timestamp()) // STEP_SECONDS * STEP_SECONDS,
        ready=queue and queue.ready,
        unacked=queue and queue.unacked,
        dead_letters=queue and queue.dead_letters,
        publish_rate=queue and queue.publish_rate,
        stored_rate=throughput.stored_rate,
        latency_p50=throughput.latency_p50,
        latency_p95=throughput.latency_p95,
    )
