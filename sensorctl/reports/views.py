"""Tables of reports and of presets."""

from collections.abc import Sequence
from datetime import datetime

from rich.table import Table

from db.queries.statements import Row
from sensorctl.output import format_time, safe_text, titled_table


def report_table(rows: Sequence[Row]) -> Table:
    """Return a row per file of a report."""
    table = titled_table("Reports (times in UTC)", "report", "name", "from", "to", "sensors", "made", "by")
    # Whole, so that it can be given to `report save`.
    table.columns[0].no_wrap, table.columns[0].min_width = True, 36
    table.add_column("bytes", justify="right")
    for row in rows:
        table.add_row(
            str(row["report_id"]),
            safe_text(row["name"]),
            _time(row["period_start"]),
            _time(row["period_end"]),
            safe_text(", ".join(row["sensors"])),
            format_time(row["made_at"]),
            safe_text(row["requested_by"]),
            f"{row['bytes']:,}",
        )
    return table


def preset_table(rows: Sequence[Row]) -> Table:
    """Return a row per preset."""
    table = titled_table("Presets", "preset", "title", "limits in °C", "for a short time", "frozen", "source")
    for row in rows:
        table.add_row(
            safe_text(row["name"]),
            safe_text(row["title"]),
            _range(row["low"], row["high"]),
            _range(row["excursion_low"], row["excursion_high"]),
            "yes" if row["is_frozen"] else "",
            safe_text(row["source"]),
        )
    return table


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _range(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return ""
    if low is None:
        return f"at most {high:.10g}"
    return f"at least {low:.10g}" if high is None else f"{low:.10g} to {high:.10g}"
