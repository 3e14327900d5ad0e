"""The metrics that every service has: what it is, and what it waits for."""

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
    """Export `<service>_build_info`, which is 1, with the versions as labels. Once a process."""
    build = Info(f"{service}_build", "The versions of this service and of its Python")
    build.info({"version": VERSION, "python": platform.python_version()})


class BatchHistogram(Collector):
    """A histogram that takes a batch at once, where the library's own takes a lock or two for each value.

    For one thread that observes. `buckets` are upper bounds, in order, without the infinite one.
    """

    def __init__(self, name: str, documentation: str, buckets: Sequence[float]) -> None:
        self._name, self._documentation = name, documentation
        self._bounds = tuple(buckets)
        self._counts = [0] * (len(self._bounds) + 1)
        self._sum = 0.0
        REGISTRY.register(self)

    def observe_all(self, values: Sequence[float]) -> None:
        """Count each of them."""
        for value in values:
            self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += sum(values)

    def collect(self) -> Iterable[HistogramMetricFamily]:
        """As Prometheus reads it: each bucket holds those below it too."""
        bounds = (*map(str, map(float, self._bounds)), "+Inf")
        family = HistogramMetricFamily(self._name, self._documentation)
        family.add_metric([], list(zip(bounds, accumulate(self._counts), strict=True)), self._sum)
        yield family


class DependencyMetrics:
    """Each need that is away or back again moves the health and the metrics together. For one thread.

    `state` and `seconds` have the label `need`. The seconds of an outage that lasts are counted whenever
    it is told again, so that they grow while it lasts.
    """

    def __init__(
        self,
        health: Health,
        state: Gauge,
        seconds: Counter,
        *needs: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._health = health
        self._state, self._seconds = state, seconds
        self._clock = clock
        self._counted_until: dict[str, float] = {}
        for need in needs:  # so that each is exported from the start
            state.labels(need).set(0)
            seconds.labels(need)

    def away(self, need: str, why: str) -> None:
        """`need` does not answer, or still not."""
        self._health.down(need, why)
        self._state.labels(need).set(1)
        self._count(need)
        self._counted_until[need] = self._clock()

    def back(self, need: str) -> None:
        """`need` answers. Costs nothing worth mention while it did so before."""
        self._health.up(need)
        if need in self._counted_until:
            self._count(need)
            del self._counted_until[need]
            self._state.labels(need).set(0)

    def _count(self, need: str) -> None:
        now = self._clock()
        self._seconds.labels(need).inc(now - self._counted_until.get(need, now))
