"""How sources and gaps are shown in a terminal."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.table import Table

from db.queries.statements import Row
from jobs.gaps import Gap
from runtime.text import format_duration, quantity
from sensorctl.output import format_time, safe_text, titled_table
from sensorctl.workflows.timeline import describe_detail

MAX_PERIODS = 20


def source_table(rows: Sequence[Row]) -> Table:
    """Return one row per source."""
    table = titled_table("Sources (times in UTC)", "source", "kind")
    table.add_column("address", overflow="fold")
    table.add_column("sensors", overflow="fold")
    table.add_column("read up to", no_wrap=True)
    for row in rows:
        table.add_row(
            safe_text(row["name"]),
            row["kind"],
            safe_text(row["address"] or ""),
            safe_text(", ".join(sensor["sensor_id"] for sensor in row["sensors"])),
            format_time(row["cursor"]) if row["cursor"] else "",
        )
    return table


def source_details(row: Row, covered: Sequence[tuple[datetime, datetime]]) -> Table:
    """Return a source, one line per field, with the times that were read completely."""
    table = Table(show_header=False, box=None)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    fields = {
        "source": row["name"],
        "kind": row["kind"],
        "address": row["address"],
        "secret": f"in {row['secret_name']}" if row["secret_name"] else None,
        "unit": row["unit"],
        "time zone": row["time_zone"],
        "requests": row["requests_per_minute"] and f"at most {row['requests_per_minute']:g} per minute",
        "lag": row["lag_seconds"] and f"{row['lag_seconds']:g} s",
        "options": describe_detail(row["options"]),
        "read up to": row["cursor"] and f"{format_time(row['cursor'])} UTC",
    }
    for name, value in fields.items():
        if value:
            table.add_row(name, safe_text(value))
    for sensor in row["sensors"]:
        table.add_row("sensor", safe_text(f"{sensor['sensor_id']} from {sensor['remote']}"))
    for start, end in covered[-MAX_PERIODS:]:
        table.add_row("covered", f"{format_time(start)} to {format_time(end)} UTC")
    if len(covered) > MAX_PERIODS:
        table.add_row("", f"and {quantity(len(covered) - MAX_PERIODS, 'earlier period')}")
    return table


def reading_table(readings: Sequence[Mapping[str, Any]]) -> Table:
    """Return one row per reading that a test of a source would have stored."""
    table = titled_table("The first readings (times in UTC, temperatures in °C)", "sensor", "measured at")
    table.add_column("temperature", justify="right")
    for reading in readings:
        table.add_row(
            safe_text(reading["sensor_id"]),
            safe_text(reading["measured_at"]),
            f"{reading['temperature']:.2f}",
        )
    return table


def gap_table(gaps: Sequence[Gap]) -> Table:
    """Return one row per gap."""
    table = titled_table("Gaps (times in UTC)", "source", "sensor", "from", "to")
    table.add_column("length", justify="right")
    for gap in gaps:
        table.add_row(
            safe_text(gap.source),
            safe_text(gap.sensor_id),
            format_time(gap.start),
            format_time(gap.end),
            format_duration(gap.end - gap.start),
        )
    return table
