"""The result as a table, in the terminal and in docs/operations/faults.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from tests.faults.runner import Result
from tests.faults.supervising import ROOT
from tests.faults.table import ROWS

FILE = ROOT / "docs" / "operations" / "faults.md"
HEADINGS = (
    "row", "fault", "mode", "attempts", "confirmed", "stored", "dead", "lost", "unexpected",
    "duplicate rows", "recovery s", "passed",
)  # fmt: skip
WIDTH = 150
PREFACE = """# Fault matrix

`make faults` runs each row under load against the real stack and writes this page. A row passes if *lost*,
*unexpected*, duplicate rows and the final depth of the queue are 0, and every process works again by itself.

- The oracle is the load generator's own ledger of what the broker confirmed, compared with plain SQL and the
  drained dead-letter queue.
- *Lost* is confirmed and neither stored nor dead.
- *Unexpected* is stored or dead without having been sent in this way.
- *Recovery* is the longest time from the end of a fault until a reading that was confirmed after it was
  stored.

"""


@dataclass(frozen=True)
class Circumstances:
    """Under which the rows ran."""

    seed: int
    site: str
    broker: str
    database: str
    consumers: int
    short: bool

    def sentence(self) -> str:
        """For people."""
        now = datetime.now(UTC)
        form = ", short form" if self.short else ""
        return (
            f"{now:%Y-%m-%d %H:%M} UTC, seed {self.seed}{form}, {self.site}: RabbitMQ {self.broker}, "
            f"PostgreSQL {self.database}, {self.consumers} consumers."
        )


def show(console: Console, results: Sequence[Result], circumstances: Circumstances) -> None:
    """Print it."""
    console.width = max(console.width, WIDTH)
    table = Table(title="The fault matrix", caption=circumstances.sentence())
    for heading in HEADINGS:
        table.add_column(heading)
    for result in results:
        table.add_row(*cells(result), style=None if result.outcome.passed else "red")
    console.print(table)
    for result in results:
        for line in remarks(result):
            console.print(f"row {result.row.number}: {line}", markup=False)


def write(results: Sequence[Result], circumstances: Circumstances) -> None:
    """Write docs/operations/faults.md."""
    absent = sorted({row.number for row in ROWS} - {result.row.number for result in results})
    missing = [f"Not run here: rows {', '.join(map(str, absent))}.", ""] if absent else []
    lines = [PREFACE, circumstances.sentence(), "", *missing, _line(HEADINGS), _line(["---"] * len(HEADINGS))]
    lines += [_line(cells(result)) for result in results]
    lines += ["", "## Remarks", ""]
    lines += [f"- row {r.row.number}, {r.mode.name}: {line}" for r in results for line in remarks(r)]
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def cells(result: Result) -> list[str]:
    """One result in the order of HEADINGS."""
    verdict, outcome = result.outcome.verdict, result.outcome
    recovery = "" if outcome.recovery_seconds is None else f"{outcome.recovery_seconds:.1f}"
    numbers = (
        verdict.attempts, verdict.confirmed, verdict.stored, verdict.dead, verdict.lost,
        verdict.unexpected, verdict.duplicates,
    )  # fmt: skip
    passed = "yes" if outcome.passed else "NO"
    row = result.row
    return [
        str(row.number),
        result.title,
        result.mode.name,
        *(f"{n:,}" for n in numbers),
        recovery,
        passed,
    ]


def remarks(result: Result) -> list[str]:
    """What was noted, and what is wrong."""
    outcome = result.outcome
    depth = [f"{outcome.depth} messages are left in the queue"] if outcome.depth else []
    return [*outcome.notes, *depth, *outcome.problems, *outcome.verdict.details]


def _line(values: Sequence[str]) -> str:
    return f"| {' | '.join(values)} |"
