"""Metrics that every service exports: its versions, and the state of its dependencies."""

import platform
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

from prometheus_client import REGISTRY, Counter, Gauge, Info
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector

from runtime.health import Health
from runtime.version import VERSION


def export_build(service: str) -> None:
    """Export `<service>_build_info`, which is always 1 and has the versions as labels.

    Call it once per process.
    """
    build = Info(f"{service}_build", "The versions of this service and of its Python")
    build.info({"version": VERSION, "python": platform.python_version()})


class BatchHistogram(Collector):
    """A histogram that observes a batch of values at once.

    The client library's own histogram takes one or two locks per value. This one takes none, so only one
    thread may observe. `buckets` are the upper bounds in ascending order, without +Inf.
    """

    def __init__(self, name: str, documentation: str, buckets: Sequence[float]) -> None:
        self._name, self._documentation = name, documentation
        self._bounds = tuple(buckets)
        self._counts = [0] * (len(self._bounds) + 1)
        self._sum = 0.0
        REGISTRY.register(self)

    def observe_all(self, values: Sequence[float]) -> None:
        """Observe each of the values."""
        for value in values:
            self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += sum(values)

    def collect(self) -> Iterable[HistogramMetricFamily]:
        """Yield the histogram with cumulative buckets, as Prometheus expects it."""
        bounds = (*map(str, map(float, self._bounds)), "+Inf")
        family = HistogramMetricFamily(self._name, self._documentation)
        family.add_metric([], list(zip(bounds, accumulate(self._counts), strict=True)), self._sum)
        yield family


class DependencyMetrics:
    """Updates the health and the metrics together when a dependency goes down or comes up again.

    `up` and `down_seconds` have the label `dependency`. A dependency is exported as up until it is first
    marked as down. Marking it as down repeatedly makes its seconds grow during the outage. For one thread.
    """

    def __init__(
        self,
        health: Health,
        up: Gauge,
        down_seconds: Counter,
        *dependencies: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._health = health
        self._up, self._down_seconds = up, down_seconds
        self._clock = clock
        self._down_since: dict[str, float] = {}
        self._counted_until: dict[str, float] = {}
        for dependency in dependencies:  # so that each is exported from the start
            up.labels(dependency).set(1)
            down_seconds.labels(dependency)

    def mark_up(self, dependency: str) -> float | None:
        """Record that the dependency answers. Cheap enough to be called for every message.

        Return the seconds of the outage that ends with this, or None if it was up already.
        """
        self._health.mark_up(dependency)
        if dependency not in self._down_since:
            return None
        self._count_down_seconds(dependency)
        del self._counted_until[dependency]
        self._up.labels(dependency).set(1)
        return self._clock() - self._down_since.pop(dependency)

    def mark_down(self, dependency: str, reason: str) -> None:
        """Record that the dependency does not answer, or still does not."""
        self._health.mark_down(dependency, reason)
        self._up.labels(dependency).set(0)
        self._count_down_seconds(dependency)
        self._counted_until[dependency] = self._clock()
        self._down_since.setdefault(dependency, self._counted_until[dependency])

    def _count_down_seconds(self, dependency: str) -> None:
        now = self._clock()
        self._down_seconds.labels(dependency).inc(now - self._counted_until.get(dependency, now))
