"""The targets, and whether a run met them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.plan import (
    BATCHES,
    CONSUMERS,
    LOAD,
    MEMORY,
    OFFERED,
    PUBLISHING,
    SENSOR_STATES,
    SINGLE,
    SUMMARY,
)
from benchmarks.results import Results, ratio, serial_rate

MET, MISSED, UNKNOWN = "met", "missed", "not measured"
MILLION = 1_000_000
TIMES = "\N{MULTIPLICATION SIGN}"
FLAT = 1.05
# Fewer than 36,000,000, since the oldest leave the hour while the last are written.
MANY_READINGS = 33_000_000
MANY_SENSORS = 5_000
LOW_RATES = (10, 50, 100)

Figure = Callable[[Results], float | None]


@dataclass(frozen=True)
class Target:
    """A figure and its bound: a minimum, or a maximum if `at_most`."""

    title: str
    bound: float
    unit: str
    figure: Figure
    at_most: bool = False

    @property
    def requirement(self) -> str:
        """The bound as text."""
        return f"{'≤' if self.at_most else '≥'} {self.bound:g} {self.unit}"

    def status(self, value: float | None) -> str:
        """Return whether the value meets the target."""
        if value is None:
            return UNKNOWN
        reached = value <= self.bound if self.at_most else value >= self.bound
        return MET if reached else MISSED


def median_ratio(upper: tuple[str, str], lower: tuple[str, str]) -> Figure:
    """Return the figure that is the ratio of two medians."""
    return lambda results: ratio(results.rounds(*upper), results.rounds(*lower))


def median_at(section: str, key: str) -> Figure:
    """Return the figure that is a median."""
    return lambda results: results.median(section, key)


def serial_bound(results: Results) -> float | None:
    """Return the rate of draining the queue and then copying into the table."""
    return serial_rate(results.median(BATCHES, "drain"), results.median(BATCHES, "copy"))


def _batches_over_bound(results: Results) -> float | None:
    rate, bound = results.median(BATCHES, "500"), serial_bound(results)
    return rate / bound if rate and bound else None


def at_worst(measure: str, rates: Sequence[int]) -> Figure:
    """Return the figure that is the worst ratio of `auto` to prefetch 1 over these rates."""

    def figure(results: Results) -> float | None:
        found = [
            ratio(
                results.rounds(OFFERED, f"auto/1/{rate}/{measure}"),
                results.rounds(OFFERED, f"project/1/{rate}/{measure}"),
            )
            for rate in rates
        ]
        known = [value for value in found if value is not None]
        return max(known) if len(known) == len(found) else None

    return figure


def stored_at_most_offered(results: Results) -> float | None:
    """Return the stored rate of `auto` at the highest offered rate, relative to the best fixed mode."""
    rates = [int(key.split("/")[2]) for key in results.keys(OFFERED) if key.startswith("auto/1/")]
    if not rates:
        return None
    fixed = [results.rounds(OFFERED, f"{mode}/1/{max(rates)}/stored") for mode in ("project", "batch-500")]
    best = max(filter(None, fixed), key=median, default=[])
    return ratio(results.rounds(OFFERED, f"auto/1/{max(rates)}/stored"), best)


def after_a_million(key: str) -> Figure:
    """Return the figure of a memory measure, which is unknown after fewer messages."""

    def figure(results: Results) -> float | None:
        name = key.partition("/")[0]
        enough = (results.median(MEMORY, f"{name}/messages") or 0) >= MILLION
        return results.median(MEMORY, key) if enough else None

    return figure


def at_full_size(figure: Figure) -> Figure:
    """Return the figure of a cost of the summary, which is unknown with fewer readings."""

    def sized(results: Results) -> float | None:
        enough = (results.median(SUMMARY, "large/readings") or 0) >= MANY_READINGS
        return figure(results) if enough else None

    return sized


def of_many_sensors(key: str) -> Figure:
    """Return the figure of a cost of the sensors' states, which is unknown with fewer sensors."""

    def figure(results: Results) -> float | None:
        enough = (results.median(SENSOR_STATES, "sensors") or 0) >= MANY_SENSORS
        return results.median(SENSOR_STATES, key) if enough else None

    return figure


PROJECT = (SINGLE, "project")
TARGETS = (
    Target(
        "one consumer at prefetch 1, relative to the baseline",
        0.90,
        TIMES,
        median_ratio(PROJECT, (SINGLE, "baseline")),
    ),
    Target("… relative to FastStream", 2.0, TIMES, median_ratio(PROJECT, (SINGLE, "faststream"))),
    Target("… relative to the ORM consumer", 1.9, TIMES, median_ratio(PROJECT, (SINGLE, "orm"))),
    Target("batches of 500, relative to the serial bound", 0.75, TIMES, _batches_over_bound),
    Target(
        "… relative to FastStream at prefetch 1",
        30,
        TIMES,
        median_ratio((BATCHES, "500"), (SINGLE, "faststream")),
    ),
    Target(
        "three consumers relative to one, with 20 ms of work per message",
        2.9,
        TIMES,
        median_ratio((CONSUMERS, "3 at 20 ms"), (CONSUMERS, "1 at 20 ms")),
    ),
    Target(
        "a sensor with confirms, relative to the bare confirm loop",
        0.90,
        TIMES,
        median_ratio((PUBLISHING, "sensor"), (PUBLISHING, "confirm")),
    ),
    Target("latency at 100 readings per second, p99", 15, "ms", median_at(LOAD, "100/p99"), at_most=True),
    Target("… p50", 5, "ms", median_at(LOAD, "100/p50"), at_most=True),
    Target(
        "BATCH_SIZE=auto at 10, 50 and 100 offered per second relative to prefetch 1, p50",
        1.2,
        TIMES,
        at_worst("p50", LOW_RATES),
        at_most=True,
    ),
    Target("… p99", 1.2, TIMES, at_worst("p99", LOW_RATES), at_most=True),
    Target(
        "… at the highest offered rate, relative to the best fixed mode", 0.95, TIMES, stored_at_most_offered
    ),
    Target(
        "prefetch 1 at 2,000 offered per second, relative to the bare loop there",
        0.85,
        TIMES,
        median_ratio((OFFERED, "project/1/2000/stored"), (OFFERED, "consume/1/2000/stored")),
    ),
    Target(
        "three consumers with BATCH_SIZE=auto at 2,000 offered per second, largest share to smallest",
        1.2,
        TIMES,
        median_at(OFFERED, "auto/3/2000/share"),
        at_most=True,
    ),
    Target("a sensor after 1,000,000 messages", 55, "MB", after_a_million("sensor/megabytes"), at_most=True),
    Target(
        "… relative to its memory after a quarter of them",
        FLAT,
        TIMES,
        after_a_million("sensor/growth"),
        at_most=True,
    ),
    Target(
        "a consumer after 1,000,000 messages", 85, "MB", after_a_million("consumer/megabytes"), at_most=True
    ),
    Target(
        "… relative to its memory after a quarter of them",
        FLAT,
        TIMES,
        after_a_million("consumer/growth"),
        at_most=True,
    ),
    Target(
        "the summary of 36,000,000 readings in the hour, p95",
        100,
        "ms",
        at_full_size(median_at(SUMMARY, "large/p95")),
        at_most=True,
    ),
    Target(
        "… of three sensors with one reading per second each, p95",
        3,
        "ms",
        median_at(SUMMARY, "three/p95"),
        at_most=True,
    ),
    Target(
        "… of 3,600,000, with 36,000,000 older readings relative to without, p50",
        1.2,
        TIMES,
        at_full_size(median_ratio((SUMMARY, "older/p50"), (SUMMARY, "tenth/p50"))),
        at_most=True,
    ),
    Target(
        "the states of 5,000 sensors with a year of minutes, p95",
        300,
        "ms",
        of_many_sensors("states/p95"),
        at_most=True,
    ),
)
