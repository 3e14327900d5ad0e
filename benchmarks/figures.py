"""The figures that the targets are about: each takes the results and returns None if it was not measured."""

from collections.abc import Callable
from statistics import median

from benchmarks.plan import BATCHES, MEMORY, OFFERED, SINGLE, SUMMARY
from benchmarks.results import Results, ratio, serial_rate

MILLION = 1_000_000
# Fewer than 36,000,000, since the oldest leave the hour while the last are written.
MANY_READINGS = 33_000_000
# Messages per second, which a consumer stores at prefetch 1 without a backlog.
LOW_RATES = (10, 50, 100)

Figure = Callable[[Results], float | None]


def median_ratio(upper: tuple[str, str], lower: tuple[str, str]) -> Figure:
    """Return the figure that is the ratio of two medians."""
    return lambda results: ratio(results.rounds(*upper), results.rounds(*lower))


def median_at(section: str, key: str) -> Figure:
    """Return the figure that is a median."""
    return lambda results: results.median(section, key)


def serial_bound(section: str, *keys: str) -> Figure:
    """Return the figure that is the rate of doing these one after the other, as a consumer must."""
    return lambda results: serial_rate(*(results.median(section, key) for key in keys))


def relative_to(bound: Figure, section: str, key: str) -> Figure:
    """Return the figure that is a median relative to a bound."""

    def figure(results: Results) -> float | None:
        rate, limit = results.median(section, key), bound(results)
        return rate / limit if rate and limit else None

    return figure


def at_worst_low_rate(measure: str) -> Figure:
    """Return the figure that is the worst ratio of `auto` to prefetch 1 over LOW_RATES."""

    def figure(results: Results) -> float | None:
        found = [
            ratio(
                results.rounds(OFFERED, f"auto/1/{rate}/{measure}"),
                results.rounds(OFFERED, f"project/1/{rate}/{measure}"),
            )
            for rate in LOW_RATES
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


def of_many_sensors(section: str, key: str, sensors: int) -> Figure:
    """Return the figure of a cost that is unknown with fewer sensors."""

    def figure(results: Results) -> float | None:
        enough = (results.median(section, "sensors") or 0) >= sensors
        return results.median(section, key) if enough else None

    return figure


def of_many_readings(figure: Figure, section: str, key: str, readings: int) -> Figure:
    """Return the figure of a cost that is unknown with fewer readings, which `key` has."""

    def sized(results: Results) -> float | None:
        enough = (results.median(section, f"{key}/readings") or 0) >= readings
        return figure(results) if enough else None

    return sized


# A reading is received, stored and acked before the next one is delivered.
PREFETCH_ONE_BOUND = serial_bound(SINGLE, "consume", "commits")
OFFERED_BOUND = serial_bound(OFFERED, "consume/1/2000/stored", "commits/1/2000/stored")
BATCHES_BOUND = serial_bound(BATCHES, "drain", "copy")
