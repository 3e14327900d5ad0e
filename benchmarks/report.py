"""The report: tables in the terminal, report.md and report.json."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.curves import offered_tables
from benchmarks.figures import BATCHES_BOUND
from benchmarks.plan import (
    BATCHES,
    CONSUMERS,
    IMAGES,
    LIMITS,
    LOAD,
    MANY_SENSORS,
    MEMORY,
    OFFERED,
    PUBLISHING,
    SENSOR_STATES,
    SERIES,
    SINGLE,
    STARTUP,
    SUMMARY,
)
from benchmarks.results import Results, number, ratio, ratios
from benchmarks.targets import MISSED, TARGETS

Rows = list[list[str]]
TARGET_HEADINGS = ["figure", "target", "measured", ""]
WIDTH = 150
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
    MEMORY: "Memory",
    STARTUP: "Start-up",
    IMAGES: "Image sizes",
}
# The contender that the others of a section are compared with.
REFERENCES = {SINGLE: "baseline", BATCHES: "1", CONSUMERS: "1 at 20 ms", PUBLISHING: "confirm"}
LATENCY_MEASURES = ("stored", "p", "exact")
COST_MEASURES = ("cpu", "memory")
PREFACE = """# The benchmark

Written by `make bench`. Every contender runs once per round, in shuffled order; each figure is the median of
the rounds, with the lowest and the highest. [README.md](README.md) describes the programs and how they are
timed. Compare the ratios, which are taken within one run; the absolute figures depend on the machine.
"""


@dataclass(frozen=True)
class RunMetadata:
    """The conditions of a run; `started_at` is a time in UTC as text."""

    started_at: str
    seed: int
    rounds: int
    environment: str
    machine: str
    broker: str
    database: str
    queue: str
    quick: bool

    def describe(self) -> str:
        """Return the conditions as one line."""
        form = "quick run, " if self.quick else ""
        rounds = "1 round" if self.rounds == 1 else f"{self.rounds} rounds"
        return (
            f"{self.started_at} UTC, {form}{rounds}, seed {self.seed}, "
            f"{self.machine}; {self.environment}: RabbitMQ {self.broker} ({self.queue} queue), "
            f"PostgreSQL {self.database}."
        )


def target_rows(results: Results) -> Rows:
    """Return each target with the measured figure."""
    rows = []
    for target in TARGETS:
        value = target.figure(results)
        measured = "" if value is None else f"{value:.3f} {target.unit}"
        rows.append([target.title, target.requirement, measured, target.status(value)])
    return rows


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


def show(console: Console, results: Results) -> None:
    """Print all sections and, last, the targets."""
    console.width = max(console.width, WIDTH)
    for _, headline, (headings, *rows) in tables(results):
        console.print(_table(headline, headings, rows))
    for line in note_lines(results):
        console.print(line, markup=False)
    table = _table("Targets", TARGET_HEADINGS, target_rows(results))
    table.caption = "\n".join(condition_lines(results))
    console.print(table)


def condition_lines(results: Results) -> list[str]:
    """Return the conditions of all sections: a line for those that were measured in one run."""
    sections: dict[str, list[str]] = {}
    for section, conditions in results.conditions.items():
        sections.setdefault(conditions, []).append(section)
    if len(sections) == 1:
        return list(sections)
    return [f"{', '.join(names)}: {conditions}" for conditions, names in sections.items()]


def note_lines(results: Results) -> list[str]:
    """Return the notes, each with its section."""
    return [f"{section}: {note}" for section, notes in results.notes.items() for note in notes]


def read(directory: Path) -> Results:
    """Return the results of the report in this directory; empty if there is none.

    Raises:
        ValueError: When report.json is not of this version.
    """
    path = directory / "report.json"
    if not path.exists():
        return Results()
    document = json.loads(path.read_text(encoding="utf-8"))
    try:
        return Results(**{part.name: document[part.name] for part in fields(Results)})
    except KeyError as error:
        raise ValueError(f"{path} has no {error}: run all sections once") from None


def write(results: Results, directory: Path, pictures: dict[str, list[str]]) -> None:
    """Write report.md and report.json; `pictures` are the charts' paths by section."""
    directory.mkdir(parents=True, exist_ok=True)
    lines = [PREFACE, *markdown_list(condition_lines(results)), "", "## Targets", ""]
    lines += markdown([TARGET_HEADINGS, *target_rows(results)])
    for section, headline, rows in tables(results):
        lines += ["", f"## {headline}", "", *markdown(rows)]
        for name in pictures.pop(section, []):
            lines += ["", f"![{headline}]({name})"]
    lines += ["", "## Notes", "", *markdown_list(note_lines(results))] if results.notes else []
    (directory / "report.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (directory / "report.json").write_text(as_json(results), encoding="utf-8")


def as_json(results: Results) -> str:
    """Return all results as JSON, with the value of each round."""
    targets = [
        dict(zip(("figure", "target", "measured", "status"), r, strict=True)) for r in target_rows(results)
    ]
    document = {
        "targets": targets,
        "serial_bound": BATCHES_BOUND(results),
        **asdict(results),
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def markdown_list(lines: Sequence[str]) -> list[str]:
    """Format lines as a list."""
    return [f"- {line}" for line in lines]


def markdown(rows: Sequence[Sequence[str]]) -> list[str]:
    """Format a table, whose first row contains the headings."""
    rule = ["---"] + ["---:"] * (len(rows[0]) - 1)
    return [f"| {' | '.join(row)} |" for row in (rows[0], rule, *rows[1:])]


def _table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(title=title, title_justify="left", caption_justify="left")
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="right" if place else "left")
    for row in rows:
        table.add_row(*row, style="red" if row[-1] == MISSED else None)
    return table
