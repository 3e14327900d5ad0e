"""The last hour of the queue, the rates and the delay, in bounded memory."""

from collections import deque

from dashboard.models import History, Point
from monitoring.model import SystemStatus

HOUR_SECONDS = 3600
# As often as the broker itself counts, so nothing is lost by it.
STEP_SECONDS = 5


class Ring:
    """Keeps the latest point of each step of the last hour."""

    def __init__(self) -> None:
        self._points: deque[Point] = deque(maxlen=HOUR_SECONDS // STEP_SECONDS)

    def add(self, overview: SystemStatus) -> Point:
        """The point of this overview, which takes the place of an earlier one of the same step."""
        point = _point(overview)
        if self._points and self._points[-1].at >= point.at:
            self._points.pop()
        self._points.append(point)
        return point

    def history(self) -> History:
        """What is kept of the hour before the latest point."""
        points = list(self._points)
        first = points[-1].at - HOUR_SECONDS if points else 0
        return History(step_seconds=STEP_SECONDS, points=[point for point in points if point.at > first])


def _point(overview: SystemStatus) -> Point:
    queue, throughput = overview.queue, overview.throughput
    return Point(
        at=int(overview.at.timestamp()) // STEP_SECONDS * STEP_SECONDS,
        ready=queue and queue.ready,
        unacked=queue and queue.unacked,
        dead_letters=queue and queue.dead_letters,
        publish_rate=queue and queue.publish_rate,
        stored_rate=throughput.stored_rate,
        latency_p50=throughput.latency_p50,
        latency_p95=throughput.latency_p95,
    )
