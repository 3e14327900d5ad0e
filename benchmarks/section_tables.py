"""The tables of the report: one per section or measure, with a row per contender or offered rate."""

from collections.abc import Iterator, Sequence
from statistics import median

from benchmarks.curves import offered_tables
from benchmarks.plan import (
    ANALYSIS,
    BATCHES,
    CAPACITY,
    CONSUMERS,
    IMAGES,
    LIMITS,
    LOAD,
    MANY_SENSORS,
    MEMORY,
    OFFERED,
    PUBLISHING,
    REPORTS,
    SENSOR_STATES,
    SERIES,
    SINGLE,
    STARTUP,
    SUMMARY,
    TRACES,
)
from benchmarks.results import Results, number, ratio, ratios

Rows = list[list[str]]
HEADLINES = {
    OFFERED: "Stored and delayed, by the offered rate",
    SINGLE: "One consumer at prefetch 1, messages per second",
    BATCHES: "Batches, messages per second",
    CONSUMERS: "Several consumers, messages per second",
    PUBLISHING: "Publishing, messages per second",
    MANY_SENSORS: "Many sensors in one process",
    LOAD: "Latency and throughput under load, one consumer at prefetch 1",
    SUMMARY: "The cost of the summary",
    SENSOR_STATES: "The cost of the sensors' states",
    SERIES: "The cost of the history",
    LIMITS: "The cost of limits",
    ANALYSIS: "The cost of the analysis",
    REPORTS: "The cost of reports",
    TRACES: "The cost of traces",
    CAPACITY: "Capacity: costs of a reading, and what the model predicts from them",
    MEMORY: "Memory",
    STARTUP: "Start-up",
    IMAGES: "Image sizes",
}
# The contender that the others of a section are compared with.
REFERENCES = {SINGLE: "baseline", BATCHES: "1", CONSUMERS: "1 at 20 ms", PUBLISHING: "confirm"}
LATENCY_MEASURES = ("stored", "p", "exact")
COST_MEASURES = ("cpu", "memory")


def tables(results: Results) -> Iterator[tuple[str, str, Rows]]:
    """Yield the tables of the measured sections: section, headline and rows."""
    for section, headline in HEADLINES.items():
        if not results.values.get(section):
            continue
        if section == LOAD:
            yield section, headline, load_rows(results, LATENCY_MEASURES)
            yield section, "CPU and memory under load", load_rows(results, COST_MEASURES)
        elif section == OFFERED:
            for title, rows in offered_tables(results):
                yield section, title, rows
        else:
            yield section, headline, section_rows(results, section)


def section_rows(results: Results, section: str) -> Rows:
    """Return the headings, and a row per contender."""
    reference = results.rounds(section, REFERENCES.get(section, ""))
    compared = [f"relative to {results.title(section, REFERENCES[section])}", "range"] if reference else []
    rows = [["", "median", "range", *compared]]
    for key in results.keys(section):
        values = results.rounds(section, key)
        row = [results.title(section, key), number(median(values)), spread(values)]
        rows.append(row + (_comparison(values, reference) if compared else []))
    return rows


def load_rows(results: Results, prefixes: Sequence[str]) -> Rows:
    """Return a row per offered rate, with a column per measure that starts with one of the prefixes."""
    keys = [key.split("/", 1) for key in results.keys(LOAD)]
    rates = sorted({int(rate) for rate, _ in keys})
    found = dict.fromkeys(measure for _, measure in keys)
    measures = [measure for prefix in prefixes for measure in found if measure.startswith(prefix)]
    rows = [["offered per second", *map(_load_heading, measures)]]
    for rate in rates:
        values = [results.rounds(LOAD, f"{rate}/{measure}") for measure in measures]
        cells = [_load_cell(measure, found) for measure, found in zip(measures, values, strict=True)]
        rows.append([f"{rate:,}", *cells])
    return rows


def spread(values: Sequence[float]) -> str:
    """Return the lowest and the highest value."""
    return f"{number(min(values))} to {number(max(values))}" if len(values) > 1 else ""


def _comparison(values: list[float], reference: list[float]) -> list[str]:
    relative = ratio(values, reference)
    return ["" if relative is None else f"{relative:.2f}", spread(ratios(values, reference))]


def _load_heading(measure: str) -> str:
    part = measure.partition(" ")[2]
    if measure.startswith("cpu"):
        return f"CPU {part}, %"
    if measure.startswith("memory"):
        return f"memory {part}, MB"
    return {"stored": "stored per second", "exact": "summary exact"}.get(measure, f"{measure}, ms")


def _load_cell(measure: str, values: list[float]) -> str:
    if not values:
        return ""
    if measure == "exact":
        return "yes" if all(values) else "NO"
    return number(median(values))
