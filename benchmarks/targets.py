"""What must be reached, and whether it was."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.plan import BATCHES, CONSUMERS, LOAD, MEMORY, PUBLISHING, SINGLE, SUMMARY
from benchmarks.results import Results, ratio, serial

MET, MISSED, UNKNOWN = "met", "missed", "not measured"
MILLION = 1_000_000
TIMES = "\N{MULTIPLICATION SIGN}"
FLAT = 1.05
# Some have left the hour while the last ones came.
MANY_READINGS = 33_000_000

Figure = Callable[[Results], float | None]


@dataclass(frozen=True)
class Target:
    """A figure and its bound: at least so much, or `at_most`."""

    title: str
    bound: float
    unit: str
    figure: Figure
    at_most: bool = False

    @property
    def wanted(self) -> str:
        """The bound for people."""
        return f"{'≤' if self.at_most else '≥'} {self.bound:g} {self.unit}"

    def verdict(self, value: float | None) -> str:
        """Whether it was reached."""
        if value is None:
            return UNKNOWN
        reached = value <= self.bound if self.at_most else value >= self.bound
        return MET if reached else MISSED


def over(upper: tuple[str, str], lower: tuple[str, str]) -> Figure:
    """The ratio of two medians."""
    return lambda results: ratio(results.of(*upper), results.of(*lower))


def at(section: str, key: str) -> Figure:
    """A median."""
    return lambda results: results.median(section, key)


def serial_bound(results: Results) -> float | None:
    """Draining the queue and copying into the table, one after the other."""
    return serial(results.median(BATCHES, "drain"), results.median(BATCHES, "copy"))


def _batches_over_bound(results: Results) -> float | None:
    rate, bound = results.median(BATCHES, "500"), serial_bound(results)
    return rate / bound if rate and bound else None


def after_a_million(what: str) -> Figure:
    """A measure of memory, if there were so many messages."""

    def figure(results: Results) -> float | None:
        name = what.partition("/")[0]
        enough = (results.median(MEMORY, f"{name}/messages") or 0) >= MILLION
        return results.median(MEMORY, what) if enough else None

    return figure


def at_full_size(figure: Figure) -> Figure:
    """A cost of the summary, if it was measured with as many readings as were meant."""

    def sized(results: Results) -> float | None:
        enough = (results.median(SUMMARY, "large/readings") or 0) >= MANY_READINGS
        return figure(results) if enough else None

    return sized


PROJECT = (SINGLE, "project")
TARGETS = (
    Target("one consumer at prefetch 1, over the floor", 0.90, TIMES, over(PROJECT, (SINGLE, "floor"))),
    Target("… over FastStream", 2.0, TIMES, over(PROJECT, (SINGLE, "faststream"))),
    Target("… over the ORM consumer", 1.9, TIMES, over(PROJECT, (SINGLE, "orm"))),
    Target("batches of 500, over the serial bound", 0.75, TIMES, _batches_over_bound),
    Target("… over FastStream at prefetch 1", 30, TIMES, over((BATCHES, "500"), (SINGLE, "faststream"))),
    Target(
        "three consumers over one, at 20 ms of work", 2.9, TIMES,
        over((CONSUMERS, "3 at 20 ms"), (CONSUMERS, "1 at 20 ms")),
    ),
    Target(
        "a sensor with confirms, over the bare confirm loop", 0.90, TIMES,
        over((PUBLISHING, "sensor"), (PUBLISHING, "confirm")),
    ),
    Target("delay at 100 readings a second, p99", 15, "ms", at(LOAD, "100/p99"), at_most=True),
    Target("… p50", 5, "ms", at(LOAD, "100/p50"), at_most=True),
    Target("a sensor after 1,000,000 messages", 55, "MB", after_a_million("sensor/megabytes"), at_most=True),
    Target("… over its memory at a quarter", FLAT, TIMES, after_a_million("sensor/growth"), at_most=True),
    Target(
        "a consumer after 1,000,000 messages", 85, "MB", after_a_million("consumer/megabytes"), at_most=True
    ),
    Target("… over its memory at a quarter", FLAT, TIMES, after_a_million("consumer/growth"), at_most=True),
    Target(
        "the summary of 36,000,000 readings in the hour, p95", 100, "ms",
        at_full_size(at(SUMMARY, "large/p95")), at_most=True,
    ),
    Target("… of three sensors at one a second, p95", 3, "ms", at(SUMMARY, "three/p95"), at_most=True),
    Target(
        "… of 3,600,000, with 36,000,000 older ones over without, p50", 1.2, TIMES,
        at_full_size(over((SUMMARY, "older/p50"), (SUMMARY, "tenth/p50"))), at_most=True,
    ),
)  # fmt: skip
