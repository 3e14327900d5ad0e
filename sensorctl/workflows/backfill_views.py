"""How the plan of a backfill is shown in a terminal."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from rich.table import Table

from db.workflows.planning import Plan
from jobs.spans import Span
from runtime.text import format_duration, quantity
from sensorctl.output import format_time, titled_table

MAX_CHUNKS_SHOWN = 100
REASONS = {
    "covered": "were fetched before (--again completed fetches them again)",
    "active": "are fetched by jobs that have not ended",
    "failed": "could not be fetched before (--again failed tries them again)",
}


def plan_table(plan: Plan) -> Table:
    """Return one row per chunk, in the order in which they are fetched."""
    table = titled_table("Chunks (times in UTC)", "from", "to")
    table.add_column("length", justify="right")
    chunks = _chunks(plan)
    for start, end in chunks[:MAX_CHUNKS_SHOWN]:
        table.add_row(format_time(start), format_time(end), format_duration(end - start))
    if len(chunks) > MAX_CHUNKS_SHOWN:
        table.add_row(f"and {len(chunks) - MAX_CHUNKS_SHOWN:,} more", "", "")
    return table


def describe_plan(plan: Plan) -> str:
    """Return what is fetched, and what is left out for which reason."""
    chunks = _chunks(plan)
    parts = [
        f"{quantity(len(chunks), 'chunk')} of {_length(chunks)} to fetch" if chunks else "Nothing to fetch"
    ]
    for name, reason in REASONS.items():
        if spans := _left_out(plan, name):
            parts.append(f"{_length(spans)} {reason}")
    return f"{'; '.join(parts)}."


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """Return the chunks and what is left out, for JSON."""
    left_out = {name: _to_json(_left_out(plan, name)) for name in REASONS}
    return {"chunks": _to_json(_chunks(plan)), **left_out}


def _chunks(plan: Plan) -> Sequence[Span]:
    return plan.backfill.chunks if plan.backfill else []


def _left_out(plan: Plan, name: str) -> Sequence[Span]:
    return getattr(plan.backfill, name) if plan.backfill else []


def _length(spans: Sequence[Span]) -> str:
    return format_duration(sum((span.length for span in spans), timedelta()))


def _to_json(spans: Sequence[Span]) -> list[dict[str, Any]]:
    return [{"from": span.start, "to": span.end} for span in spans]
