"""How schedules and their coming times are shown in a terminal."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from rich.table import Table
from rich.text import Text

from db.queries.statements import Row
from runtime.text import format_duration
from sensorctl.output import format_time, safe_text, titled_table
from sensorctl.workflows.timeline import describe_detail


def schedule_table(rows: Sequence[Row]) -> Table:
    """Return one row per schedule."""
    table = titled_table("Schedules", "schedule", "kind")
    table.add_column("spec", overflow="fold")
    for heading in ("when", "next", "overlap", "catch-up", "last"):
        table.add_column(heading)
    for row in rows:
        table.add_row(
            safe_text(row["name"]),
            safe_text(row["kind"]),
            safe_text(describe_detail(row["spec"])),
            safe_text(f"{row['cron']} ({row['time_zone']})"),
            _next(row),
            row["overlap"],
            row["catch_up"],
            _last(row),
        )
    return table


def next_table(name: str, times: Sequence[datetime], now: datetime) -> Table:
    """Return one row per coming time: in the zone of the schedule with its offset, in UTC, and how far off.

    A change of the offset, where daylight saving time begins or ends, is marked.
    """
    table = titled_table(f"Coming times of {name}", "local time", "offset", "UTC")
    table.add_column("in", justify="right")
    previous: timedelta | None = None
    for local in times:
        offset = local.utcoffset()
        style = "yellow" if previous not in (None, offset) else ""
        previous = offset
        table.add_row(
            f"{local:%a %Y-%m-%d %H:%M:%S}",
            Text(format_offset(local), style=style),
            f"{local.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
            format_duration(local - now),
        )
    return table


def describe_time(time: datetime, zone: str) -> str:
    """Return a time as the clocks of a zone show it, with its offset."""
    local = time.astimezone(ZoneInfo(zone))
    return f"{format_time(local)} {format_offset(local)}"


def format_offset(local: datetime) -> str:
    """Return the offset of a local time, such as +01:00."""
    offset = f"{local:%z}"
    return f"{offset[:3]}:{offset[3:5]}"


def _last(row: Row) -> Text:
    """Return when it last decided, what it decided, and what became of its last workflow."""
    if row["fired_at"] is None:
        return Text("")
    state = f", last workflow {row['last_state']}" if row["last_state"] else ""
    return Text(f"{format_time(row['fired_at'])} {row['outcome']}{state}")


def _next(row: Row) -> Text:
    if not row["enabled"]:
        return Text("disabled", style="yellow")
    if row["next_at"] is None:
        return Text("never", style="red")
    return Text(describe_time(row["next_at"], row["time_zone"]))
