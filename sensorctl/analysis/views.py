"""How anomalies, models, forecasts and evaluations are shown in a terminal."""

import json
from collections.abc import Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from db.queries.statements import Row
from runtime.text import format_duration
from sensorctl.output import format_time, safe_text, titled_table

HORIZONS = {"step": "next reading", "1h": "1 h", "6h": "6 h", "24h": "24 h"}


def anomaly_table(rows: Sequence[Row]) -> Table:
    """Return the table of anomalies, with what was expected instead and why."""
    table = titled_table(
        "Anomalies (times in UTC, temperatures in °C)", "no.", "sensor", "kind", "started", "ended"
    )
    for heading in ("observed", "expected", "score"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("mark")
    table.add_column("reason", overflow="fold")
    for row in rows:
        table.add_row(
            str(row["anomaly_id"]),
            safe_text(row["sensor_id"]),
            row["kind"],
            format_time(row["started_at"]),
            _end(row),
            f"{row['observed']:.2f}",
            _expected(row),
            f"{row['score']:.1f}",
            _mark(row),
            safe_text(row["reason"]),
        )
    return table


def event_line(change: str, row: Row) -> Text:
    """Return one line: what happened to an anomaly, and why it is one."""
    at = {"ended": row["ended_at"], "marked": row["marked_at"]}.get(change) or row["started_at"]
    line = Text.assemble(
        format_time(at), "  ", (change, "bold"), f" {row['anomaly_id']} ", safe_text(row["sensor_id"]),
        f" {row['kind']}",
    )  # fmt: skip
    if change in {"started", "open"}:
        line.append(f": {row['observed']:.2f} °C, expected {_expected(row)} °C: ")
        line.append_text(safe_text(row["reason"]))
    elif change == "ended":
        line.append(f", after {format_duration(row['ended_at'] - row['started_at'])}")
    elif change == "marked":
        line.append_text(Text(" as ").append_text(_mark(row)))
    return line


def model_table(rows: Sequence[Row]) -> Table:
    """Return the table of versions of models."""
    table = titled_table(
        "Models (times in UTC)", "sensor", "kind", "version", "active", "trained to", "created"
    )
    table.add_column("bytes", justify="right")
    table.add_column("reason", overflow="fold")
    for row in rows:
        table.add_row(
            safe_text(row["sensor_id"]),
            safe_text(row["kind"]),
            str(row["version"]),
            _active(row),
            format_time(row["trained_to"]),
            format_time(row["created_at"]),
            str(row["state_bytes"]),
            safe_text(row["reason"]),
        )
    return table


def version_table(row: Row) -> Table:
    """Return one version of a model, one line per field."""
    table = Table(show_header=False, box=None)
    fields: dict[str, Any] = {
        "sensor": row["sensor_id"],
        "kind": row["kind"],
        "version": row["version"],
        "active": "yes" if row["active"] else "no",
        "trained to": f"{format_time(row['trained_to'])} UTC",
        "created": f"{format_time(row['created_at'])} UTC",
        "reason": row["reason"],
        "state": f"{row['state_bytes']} bytes",
        "parameters": json.dumps(row["parameters"], ensure_ascii=False),
    }
    for name, value in fields.items():
        table.add_row(name, safe_text(value))
    return table


def forecast_table(points: Sequence[Row], title: str) -> Table:
    """Return what is expected at each time."""
    table = titled_table(title, "at (UTC)")
    for heading in ("mean", "from", "to"):
        table.add_column(heading, justify="right")
    for point in points:
        values = (point["mean"], point["lower"], point["upper"])
        table.add_row(format_time(point["at"]), *(f"{value:.2f}" for value in values))
    return table


def evaluation_table(rows: Sequence[Row], title: str) -> Table:
    """Return how well models forecast: one row per kind of model and horizon."""
    table = titled_table(title, "model", "horizon")
    for heading in ("forecasts", "error, K", "of last value, K", "skill", "coverage"):
        table.add_column(heading, justify="right")
    table.add_column("days (UTC)")
    for row in rows:
        table.add_row(
            safe_text(row["kind"]),
            HORIZONS.get(row["horizon"], row["horizon"]),
            str(row["forecasts"]),
            _number(row["mae"], ".3f"),
            _number(row["last_value_mae"], ".3f"),
            _number(row["skill"], "+.3f"),
            _number(row["coverage"], ".1%"),
            f"{row['first_day']} to {row['last_day']}",
        )
    return table


def _end(row: Row) -> str:
    if row["ended_at"] is None:
        return "open"
    return f"after {format_duration(row['ended_at'] - row['started_at'])}"


def _expected(row: Row) -> str:
    return f"{row['expected']:.2f} ({row['lower']:.2f} to {row['upper']:.2f})"


def _mark(row: Row) -> Text:
    if not row["verdict"]:
        return Text()
    note = f": {row['note']}" if row["note"] else ""
    return safe_text(f"{row['verdict']}, {row['marked_by']}{note}")


def _active(row: Row) -> str:
    if row["requested_at"] is not None:
        return "roll-back requested"
    return "active" if row["active"] else ""


def _number(value: float | None, form: str) -> str:
    return "" if value is None else f"{value:{form}}"
