"""The report: tables in the terminal, report.md and report.json."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.figures import BATCHES_BOUND
from benchmarks.results import Results
from benchmarks.section_tables import Rows, tables
from benchmarks.target import MISSED
from benchmarks.targets import TARGETS

TARGET_HEADINGS = ["figure", "target", "measured", ""]
WIDTH = 150
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


def write(results: Results, directory: Path, pictures: dict[str, dict[str, str]]) -> None:
    """Write report.md and report.json; `pictures` are the charts' titles by section and path."""
    directory.mkdir(parents=True, exist_ok=True)
    lines = [PREFACE, *markdown_list(condition_lines(results)), "", "## Targets", ""]
    lines += markdown([TARGET_HEADINGS, *target_rows(results)])
    for section, headline, rows in tables(results):
        lines += ["", f"## {headline}", "", *markdown(rows)]
        for path, title in pictures.pop(section, {}).items():
            lines += ["", f"![{title}]({path})"]
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
