"""How answers look in a terminal."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from rich.table import Table
from rich.text import Text

from runtime.text import escape_unprintable
from sensorctl.doctor import CheckResult

Row = dict[str, Any]


def summary_table(sensors: list[Row], overall: Row, now: datetime | None = None) -> Table:
    """The last hour: a row a sensor, and one over all."""
    now = now or datetime.now(UTC)
    table = Table(title="The last hour, °C", title_justify="left", show_footer=len(sensors) > 1)
    last = [overall["last_temperature"], overall["last_measured_at"]]
    table.add_column("sensor", footer="all")
    table.add_column("name")
    table.add_column("location")
    for title, key in (("readings", "readings"), ("min", "min_temperature"), ("mean", "mean_temperature"),
                       ("max", "max_temperature")):  # fmt: skip
        table.add_column(title, footer=_number(overall[key]), justify="right")
    table.add_column("last", footer=_number(last[0]), justify="right")
    table.add_column("measured", footer=_age(last[1], now), justify="right")
    for row in sensors:
        table.add_row(*_summary_cells(row, now))
    return table


def _summary_cells(row: Row, now: datetime) -> Iterable[Text | str]:
    yield from (safe(row[key] or "") for key in ("sensor_id", "name", "location"))
    for key in ("readings", "min_temperature", "mean_temperature", "max_temperature", "last_temperature"):
        yield _number(row[key])
    yield _age(row["last_measured_at"], now)


def findings_table(findings: Iterable[CheckResult]) -> Table:
    """A line each: ok, or what to do."""
    table = Table(show_header=False, box=None)
    for finding in findings:
        mark = "[green]ok[/]" if finding.advice is None else "[red]!![/]"
        advice = Text(f"\n→ {finding.advice}" if finding.advice else "", style="bold")
        table.add_row(mark, finding.what, safe(finding.found) + advice)
    return table


def safe(value: Any) -> Text:
    """What a stranger may have written, without control characters and not taken for rich's markup."""
    return Text(escape_unprintable(str(value)))


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else f"{value:.2f}"


def _age(moment: datetime | None, now: datetime) -> str:
    return "" if moment is None else f"{max(0.0, (now - moment).total_seconds()):.0f} s ago"
