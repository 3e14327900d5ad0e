"""Computes the consumers' throughput and latency of the last seconds from their counters."""

from collections import Counter, deque
from collections.abc import Iterable
from typing import NamedTuple

from monitoring.model import Throughput
from monitoring.quantiles import estimate_quantile
from monitoring.services import ServiceReport

WINDOW_SECONDS = 10.0
STORED = "pipeline_readings_stored_total"
LATENCY = "pipeline_end_to_end_latency_seconds_bucket"
LATENCY_SUM = "pipeline_end_to_end_latency_seconds_sum"
MICROSECONDS = 1_000_000  # counters are whole numbers
Key = tuple[str, float]


class _Total(NamedTuple):
    at: float
    counts: Counter[Key]


class ThroughputMeter:
    """Adds up the counters of all consumers and computes rates over the last 10 seconds.

    A process that is seen for the first time counts from that moment on; a restarted one counts from zero.
    """

    def __init__(self) -> None:
        self._last: dict[str, Counter[Key]] = {}
        self._totals: deque[_Total] = deque()

    def add(self, at: float, reports: Iterable[ServiceReport]) -> None:
        """Add the counters of one collection, at this time of a monotonic clock."""
        total = Counter(self._totals[-1].counts) if self._totals else Counter[Key]()
        for report in reports:
            if counts := _counts(report):
                total.update(self._increase(report.service.name, counts))
        self._totals.append(_Total(at, total))
        while len(self._totals) > 2 and at - self._totals[1].at >= WINDOW_SECONDS:  # noqa: PLR2004 (a window)
            self._totals.popleft()

    def throughput(self) -> Throughput:
        """Return the throughput of the window; unknown after a single collection."""
        first, last = self._totals[0], self._totals[-1]
        if first is last or not self._last:
            return Throughput(stored_rate=None, latency_p50=None, latency_p95=None)
        increase = Counter(last.counts)
        increase.subtract(first.counts)
        buckets = sorted((bound, count) for (name, bound), count in increase.items() if name == LATENCY)
        total = increase[LATENCY_SUM, 0.0] / MICROSECONDS
        return Throughput(
            stored_rate=increase[STORED, 0.0] / (last.at - first.at),
            latency_p50=estimate_quantile(0.5, buckets, total),
            latency_p95=estimate_quantile(0.95, buckets, total),
        )

    def _increase(self, name: str, counts: Counter[Key]) -> Counter[Key]:
        previous = self._last.get(name, counts)
        self._last[name] = counts
        if counts[STORED, 0.0] < previous[STORED, 0.0]:  # the process was restarted
            return counts
        return Counter({key: count - previous[key] for key, count in counts.items()})


def _counts(report: ServiceReport) -> Counter[Key]:
    counts: Counter[Key] = Counter()
    for sample in report.samples:
        if sample.name == STORED:
            counts[STORED, 0.0] = int(sample.value)
        elif sample.name == LATENCY:
            counts[LATENCY, float(sample.labels["le"])] = int(sample.value)
        elif sample.name == LATENCY_SUM:
            counts[LATENCY_SUM, 0.0] = int(sample.value * MICROSECONDS)
    return counts
