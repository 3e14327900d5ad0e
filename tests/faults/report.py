"""The result as a table, in the terminal and in docs/operations/faults.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from tests.faults.local_workers import ROOT
from tests.faults.matrix import SCENARIOS
from tests.faults.runner import Result

FOLDER = ROOT / "docs" / "operations"
FILE = FOLDER / "faults.md"
CLUSTER_FILE = FOLDER / "faults-cluster.md"
HEADINGS = (
    "row", "fault", "mode", "attempts", "confirmed", "stored", "dead", "lost", "unexpected",
    "duplicate rows", "recovery s", "passed",
)  # fmt: skip
WIDTH = 150
PREFACE = """# Fault matrix

`make faults` runs each row under load against the real stack and writes this page. A row passes if *lost*,
*unexpected*, duplicate rows and the final depth of the queue are 0, and every process works again by itself.
The rows of the [cluster](faults-cluster.md) run by themselves: `make faults ARGS="--cluster"`.

- The oracle is the load generator's own ledger of what the broker confirmed, compared with plain SQL and the
  drained dead-letter queue.
- *Lost* is confirmed and neither stored nor dead.
- *Unexpected* is stored or dead without having been sent in this way.
- *Recovery* is the longest time from the end of a fault until a reading that was confirmed after it was
  stored.

"""
CLUSTER_PREFACE = """# Fault matrix of the cluster

`make faults ARGS="--cluster"` runs each row under load against the [cluster](cluster.md), in a Compose
project of its own, and writes this page. Columns and oracle are those of the [fault matrix](faults.md).

"""


@dataclass(frozen=True)
class RunDetails:
    """The conditions in which the scenarios ran."""

    seed: int
    environment: str
    broker: str
    database: str
    consumers: int
    short: bool

    def summary(self) -> str:
        """Return a summary for the report."""
        now = datetime.now(UTC)
        form = ", short form" if self.short else ""
        return (
            f"{now:%Y-%m-%d %H:%M} UTC, seed {self.seed}{form}, {self.environment}: RabbitMQ {self.broker}, "
            f"PostgreSQL {self.database}, {self.consumers} consumers."
        )


def show(console: Console, results: Sequence[Result], details: RunDetails) -> None:
    """Print the result."""
    console.width = max(console.width, WIDTH)
    table = Table(title="The fault matrix", caption=details.summary())
    for heading in HEADINGS:
        table.add_column(heading)
    for result in results:
        table.add_row(*cells(result), style=None if result.outcome.passed else "red")
    console.print(table)
    for result in results:
        for line in remarks(result):
            console.print(f"row {result.scenario.number}: {line}", markup=False)


def write(results: Sequence[Result], details: RunDetails, *, on_cluster: bool) -> None:
    """Write the page of the stack in docs/operations."""
    rows = {scenario.number for scenario in SCENARIOS if scenario.on_cluster == on_cluster}
    not_run = sorted(rows - {result.scenario.number for result in results})
    missing = [f"Not run: rows {', '.join(map(str, not_run))}.", ""] if not_run else []
    preface, file = (CLUSTER_PREFACE, CLUSTER_FILE) if on_cluster else (PREFACE, FILE)
    lines = [preface, details.summary(), "", *missing, _line(HEADINGS), _line(["---"] * len(HEADINGS))]
    lines += [_line(cells(result)) for result in results]
    lines += ["", "## Remarks", ""]
    lines += [f"- row {r.scenario.number}, {r.mode.name}: {line}" for r in results for line in remarks(r)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def cells(result: Result) -> list[str]:
    """Return the cells of a result in the order of HEADINGS."""
    verdict, outcome = result.outcome.verdict, result.outcome
    recovery = "" if outcome.recovery_seconds is None else f"{outcome.recovery_seconds:.1f}"
    numbers = (
        verdict.attempts, verdict.confirmed, verdict.stored, verdict.dead, verdict.lost,
        verdict.unexpected, verdict.duplicates,
    )  # fmt: skip
    passed = "yes" if outcome.passed else "NO"
    return [
        str(result.scenario.number),
        result.title,
        result.mode.name,
        *(f"{n:,}" for n in numbers),
        recovery,
        passed,
    ]


def remarks(result: Result) -> list[str]:
    """Return the notes and the problems of a result."""
    outcome = result.outcome
    depth = [f"{outcome.depth} messages remain in the queue"] if outcome.depth else []
    return [*outcome.notes, *depth, *outcome.problems, *outcome.verdict.details]


def _line(values: Sequence[str]) -> str:
    return f"| {' | '.join(values)} |"
