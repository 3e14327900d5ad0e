"""The results of checks, and how they are shown."""

from collections.abc import Callable, Iterable
from itertools import groupby
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
    """Return one row per check: ok, or its status. A hint is below the last of successive checks with it."""
    table = Table(show_header=False, box=None)
    for hint, group in groupby(results, key=lambda result: result.hint):
        mark = "[green]ok[/]" if hint is None else "[red]!![/]"
        for result in group:
            table.add_row(mark, result.name, safe_text(result.status))
        if hint:
            table.add_row("", "", Text(f"→ {hint}", style="bold"))
    return table
