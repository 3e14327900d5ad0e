"""The results of checks, and how they are shown."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from rich.table import Table
from rich.text import Text

from sensorctl.output import safe_text
from sensorctl.settings import OperatorSettings

SETUP_HINT = "run `sensorctl setup`"


class CheckResult(NamedTuple):
    """The result of a check; it passed if it has no hint."""

    name: str
    status: str
    hint: str | None = None


Check = Callable[[OperatorSettings], CheckResult]


def check_results_table(results: Iterable[CheckResult]) -> Table:
    """Return one row per check: ok, or its status with a hint."""
    table = Table(show_header=False, box=None)
    for result in results:
        mark = "[green]ok[/]" if result.hint is None else "[red]!![/]"
        hint = Text(f"\n→ {result.hint}" if result.hint else "", style="bold")
        table.add_row(mark, result.name, safe_text(result.status) + hint)
    return table
