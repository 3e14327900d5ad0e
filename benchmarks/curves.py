"""The curves of the section `offered`: a measure of each mode and peer against the offered rate."""

from collections.abc import Iterator
from statistics import median

from benchmarks.plan import OFFERED
from benchmarks.results import Results, number

MEASURES = {
    "stored": "Stored per second, by the offered rate",
    "confirmed": "Confirmed per second to the clients, by the offered rate",
    "p50": "Median delay from measurement to commit in ms, by the offered rate",
    "p99": "99th percentile of that delay in ms, by the offered rate",
    "cpu": "Processor time of the consumers per reading in ms, by the offered rate",
    "share": "The largest share of three consumers relative to the smallest, by the offered rate",
}


def curves(results: Results, measure: str) -> dict[str, dict[int, float]]:
    """Return the median of a measure by contender's title and by rate."""
    found: dict[str, dict[int, float]] = {}
    for key, values in results.values.get(OFFERED, {}).items():
        contender, replicas, rate, name = key.split("/")
        if name == measure:
            title = results.title(OFFERED, f"{contender}/{replicas}")
            found.setdefault(title, {})[int(rate)] = median(values)
    return {title: dict(sorted(by_rate.items())) for title, by_rate in sorted(found.items(), key=_ours_first)}


def offered_tables(results: Results) -> Iterator[tuple[str, list[list[str]]]]:
    """Yield a headline and the rows of each measure, with a column per contender."""
    for measure, headline in MEASURES.items():
        found = curves(results, measure)
        if not found:
            continue
        rates = sorted({rate for by_rate in found.values() for rate in by_rate})
        rows = [["offered per second", *found]]
        rows += [[f"{rate:,}", *(_cell(by_rate.get(rate)) for by_rate in found.values())] for rate in rates]
        yield headline, rows


def _cell(value: float | None) -> str:
    return "" if value is None else number(value)


def _ours_first(item: tuple[str, dict[int, float]]) -> tuple[bool, str]:
    return (not item[0].startswith("this project"), item[0])
