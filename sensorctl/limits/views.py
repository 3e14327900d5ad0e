"""How limits and excursions are shown in a terminal."""

from collections.abc import Sequence
from datetime import timedelta

from rich.table import Table

from db.queries.statements import Row
from runtime.text import format_exact_duration
from sensorctl.output import format_time, safe_text, titled_table


def describe_target(row: Row) -> str:
    """Return the sensor or the group of a limit or a silence."""
    if row["sensor_id"] is not None:
        return f"sensor {row['sensor_id']}"
    return f"pattern {row['pattern']}" if row["pattern"] is not None else f"location {row['location']}"


def describe_condition(row: Row) -> str:
    """Return what a limit bounds."""
    delay = _format_length(row["delay_seconds"])
    if row["kind"] == "stale":
        return f"no reading for {delay}"
    if row["kind"] == "rate":
        window = _format_length(row["window_seconds"])
        condition = f"changes by more than {row['threshold']:.10g} K in {window}"
    else:
        condition = f"{'above' if row['kind'] == 'high' else 'below'} {row['threshold']:.10g} °C"
    details = [f"for {delay}"] if row["delay_seconds"] else []
    details += [f"hysteresis {row['hysteresis']:.10g} K"] if row["hysteresis"] else []
    details += [f"{row['schedule']} ({row['zone']})"] if row["schedule"] else []
    return ", ".join([condition, *details])


def _format_length(seconds: float) -> str:
    """Return a length of a limit as it was set, in the largest unit of which it is a whole number."""
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds and seconds % length == 0:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.10g} s"


def describe_limit(row: Row) -> str:
    """Return a limit on one line."""
    return f"{describe_target(row)}, {describe_condition(row)}, {row['severity']}"


def limit_table(rows: Sequence[Row]) -> Table:
    """Return the table of limits."""
    table = titled_table("Limits (times in UTC)", "limit", "of", "condition", "severity", "since", "by")
    for row in rows:
        table.add_row(
            str(row["limit_id"]),
            safe_text(describe_target(row)),
            describe_condition(row),
            row["severity"],
            format_time(row["created_at"]),
            safe_text(row["created_by"]),
        )
    return table


def format_threshold(rule: str, threshold: float) -> str:
    """Return what an excursion is beyond, such as `high 8 °C`."""
    return f"{rule} {threshold:.10g} {_unit_of(rule)}"


def format_peak(rule: str, peak: float) -> str:
    """Return how far an excursion went, such as `9.50 °C`."""
    return f"{peak:.2f} {_unit_of(rule)}"


def _unit_of(rule: str) -> str:
    return "K" if rule == "rate" else "°C"


def excursion_table(rows: Sequence[Row], title: str = "Excursions") -> Table:
    """Return the table of excursions, those of the database with what was acknowledged."""
    table = titled_table(
        f"{title} (times in UTC)",
        "no.", "sensor", "limit", "started", "ended", "lasted", "peak", "K·min", "acknowledged"
    )  # fmt: skip
    for row in rows:
        ended = f"{format_time(row['ended_at'])} {row['end_reason']}" if row["ended_at"] else "open"
        table.add_row(
            str(row.get("excursion_id", "")),
            safe_text(row["sensor_id"]),
            format_threshold(row["rule"], row["threshold"]),
            format_time(row["started_at"]),
            ended,
            format_exact_duration(timedelta(seconds=row["duration_seconds"])),
            format_peak(row["rule"], row["peak"]),
            f"{row['degree_minutes']:.2f}",
            safe_text(row.get("acknowledged_by") or ""),
        )
    return table


def silence_table(rows: Sequence[Row]) -> Table:
    """Return the table of silences."""
    table = titled_table("Silences (times in UTC)", "silence", "of", "until", "note", "by")
    for row in rows:
        table.add_row(
            str(row["silence_id"]),
            safe_text(describe_target(row)),
            format_time(row["ends_at"]),
            safe_text(row["note"] or ""),
            safe_text(row["created_by"]),
        )
    return table
