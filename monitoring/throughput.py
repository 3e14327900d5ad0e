"""What the consumers did within the last seconds, from their counters."""

from collections import Counter, deque
from collections.abc import Iterable
from typing import NamedTuple

from monitoring.model import Throughput
from monitoring.services import Answer

WINDOW_SECONDS = 10.0
STORED = "pipeline_readings_stored_total"
DELAY = "pipeline_end_to_end_latency_seconds_bucket"
Key = tuple[str, float]


class _Total(NamedTuple):
    at: float
    counts: Counter[Key]


class ThroughputMeter:
    """Adds up what each look finds, and tells of the last 10 seconds; of the first look nothing.

    A process that is seen for the first time counts from then on; one that was started anew, from zero.
    """

    def __init__(self) -> None:
        self._last: dict[str, Counter[Key]] = {}
        self._totals: deque[_Total] = deque()

    def add(self, at: float, answers: Iterable[Answer]) -> None:
        """What the services say at this moment, in seconds of a clock that only goes forward."""
        total = Counter(self._totals[-1].counts) if self._totals else Counter[Key]()
        for answer in answers:
            if counts := _counts(answer):
                total.update(self._increase(answer.service.name, counts))
        self._totals.append(_Total(at, total))
        while len(self._totals) > 2 and at - self._totals[1].at >= WINDOW_SECONDS:  # noqa: PLR2004 (a window)
            self._totals.popleft()

    def flow(self) -> Throughput:
        """The flow of the window."""
        first, last = self._totals[0], self._totals[-1]
        if first is last or not self._last:
            return Throughput(stored_rate=None, latency_p50=None, latency_p95=None)
        gained = Counter(last.counts)
        gained.subtract(first.counts)
        buckets = sorted((bound, count) for (name, bound), count in gained.items() if name == DELAY)
        return Throughput(
            stored_rate=gained[STORED, 0.0] / (last.at - first.at),
            latency_p50=_quantile(0.5, buckets),
            latency_p95=_quantile(0.95, buckets),
        )

    def _increase(self, name: str, counts: Counter[Key]) -> Counter[Key]:
        before = self._last.get(name, counts)
        self._last[name] = counts
        if counts[STORED, 0.0] < before[STORED, 0.0]:  # it was started anew
            return counts
        return Counter({key: count - before[key] for key, count in counts.items()})


def _counts(answer: Answer) -> Counter[Key]:
    counts: Counter[Key] = Counter()
    for sample in answer.samples:
        if sample.name == STORED:
            counts[STORED, 0.0] = int(sample.value)
        elif sample.name == DELAY:
            counts[DELAY, float(sample.labels["le"])] = int(sample.value)
    return counts


def _quantile(share: float, buckets: list[tuple[float, int]]) -> float | None:
    """As Prometheus' histogram_quantile: even within a bucket; above the last bound, that bound."""
    total = buckets[-1][1] if buckets else 0
    if total <= 0:
        return None
    wanted = share * total
    below, lower = 0, 0.0
    for bound, count in buckets:
        if count >= wanted:
            if bound == float("inf"):
                return lower
            return lower + (bound - lower) * (wanted - below) / (count - below)
        below, lower = count, bound
    raise AssertionError
