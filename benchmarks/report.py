"""The results as tables: in the terminal, in report.md and as JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.plan import (
    BATCHES,
    CONSUMERS,
    IMAGES,
    LOAD,
    MEMORY,
    PUBLISHING,
    SINGLE,
    STARTUP,
    SUMMARY,
)
from benchmarks.results import Results, ratio, ratios
from benchmarks.targets import MISSED, TARGETS, serial_bound

Rows = list[list[str]]
TARGET_HEADINGS = ["figure", "wanted", "measured", ""]
WIDTH = 150
LARGE = 100
HEADLINES = {
    SINGLE: "One consumer at prefetch 1, messages a second",
    BATCHES: "Batches, messages a second",
    CONSUMERS: "Several consumers, messages a second",
    PUBLISHING: "Publishing, messages a second",
    LOAD: "Delay and throughput under load, one consumer at prefetch 1",
    SUMMARY: "The cost of the summary",
    MEMORY: "Memory",
    STARTUP: "Start-up",
    IMAGES: "Image sizes",
}
# What the others of a section are compared with.
REFERENCES = {SINGLE: "floor", BATCHES: "1", CONSUMERS: "1 at 20 ms", PUBLISHING: "confirm"}
DELAY_MEASURES = ("stored", "p", "exact")
COST_MEASURES = ("cpu", "memory")
PREFACE = """# The benchmark

Written by `make bench`: one machine, one run, every variant in each round in a shuffled order; the figure
is the median of the rounds, with the lowest and the highest beside it. [README.md](README.md) tells what each
program does and how it is timed. Compare ratios: they are of one run, absolute figures are of one machine.
"""


@dataclass(frozen=True)
class Circumstances:
    """Under which it was measured."""

    seed: int
    rounds: int
    site: str
    machine: str
    broker: str
    database: str
    queue: str
    quick: bool

    def sentence(self) -> str:
        """For people."""
        form = "the quick version, " if self.quick else ""
        rounds = "1 round" if self.rounds == 1 else f"{self.rounds} rounds"
        return (
            f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {form}{rounds}, seed {self.seed}, "
            f"{self.machine}; {self.site}: RabbitMQ {self.broker} ({self.queue} queue), "
            f"PostgreSQL {self.database}."
        )


def number(value: float) -> str:
    """Three digits or all of them before the point."""
    return f"{value:,.0f}" if abs(value) >= LARGE else f"{value:.3g}"


def target_rows(results: Results) -> Rows:
    """Each target with what was measured."""
    rows = []
    for target in TARGETS:
        value = target.figure(results)
        measured = "" if value is None else f"{value:.3f} {target.unit}"
        rows.append([target.title, target.wanted, measured, target.verdict(value)])
    return rows


def tables(results: Results) -> Iterator[tuple[str, str, Rows]]:
    """Each section that was measured: its name, its headline and its rows."""
    for section, headline in HEADLINES.items():
        if not results.values.get(section):
            continue
        if section == LOAD:
            yield section, headline, load_rows(results, DELAY_MEASURES)
            yield section, "CPU and memory under load", load_rows(results, COST_MEASURES)
        else:
            yield section, headline, section_rows(results, section)


def section_rows(results: Results, section: str) -> Rows:
    """Headings, and then a line for each thing that was measured."""
    reference = results.of(section, REFERENCES.get(section, ""))
    compared = [f"over {results.title(section, REFERENCES[section])}", "spread"] if reference else []
    rows = [["", "median", "lowest to highest", *compared]]
    for key in results.keys(section):
        values = results.of(section, key)
        row = [results.title(section, key), number(median(values)), spread(values)]
        rows.append(row + (_comparison(values, reference) if compared else []))
    return rows


def load_rows(results: Results, wanted: Sequence[str]) -> Rows:
    """A line for each offered rate, a column for each measure that begins like one of the wanted."""
    keys = [key.split("/", 1) for key in results.keys(LOAD)]
    rates = sorted({int(rate) for rate, _ in keys})
    found = dict.fromkeys(measure for _, measure in keys)
    measures = [measure for prefix in wanted for measure in found if measure.startswith(prefix)]
    rows = [["offered a second", *map(_load_heading, measures)]]
    for rate in rates:
        values = [results.of(LOAD, f"{rate}/{measure}") for measure in measures]
        cells = [_load_cell(measure, found) for measure, found in zip(measures, values, strict=True)]
        rows.append([f"{rate:,}", *cells])
    return rows


def spread(values: Sequence[float]) -> str:
    """The lowest and the highest."""
    return f"{number(min(values))} to {number(max(values))}" if len(values) > 1 else ""


def _comparison(values: list[float], reference: list[float]) -> list[str]:
    times = ratio(values, reference)
    return ["" if times is None else f"{times:.2f}", spread(ratios(values, reference))]


def _load_heading(measure: str) -> str:
    part = measure.partition(" ")[2]
    if measure.startswith("cpu"):
        return f"CPU {part}, %"
    if measure.startswith("memory"):
        return f"memory {part}, MB"
    return {"stored": "stored a second", "exact": "summary exact"}.get(measure, f"{measure}, ms")


def _load_cell(measure: str, values: list[float]) -> str:
    if not values:
        return ""
    if measure == "exact":
        return "yes" if all(values) else "NO"
    return number(median(values))


def show(console: Console, results: Results, circumstances: Circumstances) -> None:
    """Print every section and, last, the targets."""
    console.width = max(console.width, WIDTH)
    for _, headline, (headings, *rows) in tables(results):
        console.print(_table(headline, headings, rows))
    for note in results.notes:
        console.print(note, markup=False)
    table = _table("What must be reached", TARGET_HEADINGS, target_rows(results))
    table.caption = circumstances.sentence()
    console.print(table)


def write(
    results: Results, circumstances: Circumstances, directory: Path, pictures: dict[str, list[str]]
) -> None:
    """Write report.md and report.json; `pictures` are the files' names by section."""
    directory.mkdir(parents=True, exist_ok=True)
    lines = [PREFACE, circumstances.sentence(), "", "## What must be reached", ""]
    lines += markdown([TARGET_HEADINGS, *target_rows(results)])
    for section, headline, rows in tables(results):
        lines += ["", f"## {headline}", "", *markdown(rows)]
        for name in pictures.pop(section, []):
            lines += ["", f"![{headline}]({name}.png) ([SVG]({name}.svg))"]
    lines += ["", "## Remarks", "", *(f"- {note}" for note in results.notes)] if results.notes else []
    (directory / "report.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (directory / "report.json").write_text(as_json(results, circumstances), encoding="utf-8")


def as_json(results: Results, circumstances: Circumstances) -> str:
    """Everything, with the value of each round."""
    targets = [
        dict(zip(("figure", "wanted", "measured", "verdict"), r, strict=True)) for r in target_rows(results)
    ]
    document = {
        "circumstances": asdict(circumstances),
        "targets": targets,
        "serial_bound": serial_bound(results),
        **asdict(results),
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def markdown(rows: Sequence[Sequence[str]]) -> list[str]:
    """A table whose first row is its heading."""
    rule = ["---"] + ["---:"] * (len(rows[0]) - 1)
    return [f"| {' | '.join(row)} |" for row in (rows[0], rule, *rows[1:])]


def _table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(title=title, title_justify="left", caption_justify="left")
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="right" if place else "left")
    for row in rows:
        table.add_row(*row, style="red" if row[-1] == MISSED else None)
    return table
