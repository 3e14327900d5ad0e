"""How workflows, jobs and workers are shown in a terminal."""

from collections.abc import Sequence
from datetime import datetime

from rich.table import Table
from rich.text import Text

from db.queries.statements import Row
from jobs.states import ENDED
from runtime.text import format_duration
from sensorctl.output import format_time, safe_text, titled_table
from sensorctl.workflows.progress import (
    describe_jobs,
    describe_progress,
    job_progress,
    workflow_progress,
)
from sensorctl.workflows.timeline import describe_detail

STATE_STYLES = {
    "running": "cyan",
    "succeeded": "green",
    "failed": "red",
    "cancelled": "yellow",
    "cancelling": "yellow",
    "paused": "yellow",
}


def workflow_table(rows: Sequence[Row], now: datetime) -> Table:
    """Return one row per workflow."""
    table = titled_table("Workflows (times in UTC)", "workflow", "kind", "state", "requested", "by")
    table.columns[0].no_wrap = True
    table.add_column("progress")
    table.add_column("took", justify="right")
    table.add_column("error", overflow="fold")
    for row in rows:
        table.add_row(
            str(row["workflow_id"]),
            safe_text(row["kind"]),
            describe_state(row),
            format_time(row["requested_at"]),
            safe_text(_requester(row)),
            _extent(row),
            _took(row, now),
            safe_text(row["error"] or ""),
        )
    return table


def workflow_details(row: Row, now: datetime) -> Table:
    """Return a workflow, one line per field."""
    table = Table(show_header=False, box=None)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    table.add_row("workflow", str(row["workflow_id"]))
    table.add_row("kind", safe_text(row["kind"]))
    table.add_row("spec", safe_text(describe_detail(row["spec"])))
    table.add_row("state", describe_state(row))
    table.add_row("requested", safe_text(f"{format_time(row['requested_at'])} UTC by {_requester(row)}"))
    if row["rerun_of"]:
        table.add_row("rerun of", str(row["rerun_of"]))
    if row["started_at"]:
        table.add_row("took" if row["ended_at"] else "runs for", _took(row, now))
    table.add_row("jobs", describe_jobs(row))
    if progress := describe_progress(workflow_progress(row), has_ended=row["state"] in ENDED):
        table.add_row("progress", progress)
    if row["error"]:
        table.add_row("error", safe_text(row["error"]))
    return table


def job_table(jobs: Sequence[Row], now: datetime) -> Table:
    """Return one row per job, with its progress, its rate and when it will be done."""
    table = titled_table("Jobs", "job", "kind", "state")
    table.add_column("attempt", justify="right")
    table.add_column("worker", overflow="fold")
    table.add_column("progress")
    table.add_column("took", justify="right")
    table.add_column("message", overflow="fold")
    for job in jobs:
        table.add_row(
            str(job["position"]),
            safe_text(job["kind"]),
            describe_state(job),
            str(job["attempt"] or ""),
            safe_text(job["lease_owner"] or ""),
            describe_progress(job_progress(job, now), has_ended=job["state"] in ENDED),
            _took(job, now),
            safe_text(job["error"] or _waiting(job, now) or job["message"] or ""),
        )
    return table


def describe_state(row: Row) -> Text:
    """Return the state of a workflow or a job in its colour, and what is requested if that differs."""
    state = row["state"]
    text = Text(state, style=STATE_STYLES.get(state, ""))
    desired = row.get("desired_state")
    if state not in ENDED and desired in {"paused", "cancelled"} and state not in {desired, "cancelling"}:
        text.append(f" (to be {desired})", style="yellow")
    return text


def _waiting(job: Row, now: datetime) -> str:
    """Return when a job that failed is tried again."""
    if job["state"] != "ready" or not job["available_at"] or job["available_at"] <= now:
        return ""
    return f"tried again in {format_duration(job['available_at'] - now)}"


def _extent(row: Row) -> str:
    """Return how much of a workflow is done: of its jobs, and of all that these have to do."""
    jobs = f"{row['jobs_by_state'].get('succeeded', 0)}/{row['jobs']} jobs" if row["jobs"] > 1 else ""
    done, total = row["done"], row["total"]
    share = f"{100 * done / total:.0f} %" if total else f"{done:,}"
    return ", ".join(filter(None, [jobs, share if done else ""]))


def _requester(row: Row) -> str:
    return f"schedule {row['schedule']}" if row["schedule"] else str(row["requested_by"])


def _took(row: Row, now: datetime) -> str:
    return format_duration((row["ended_at"] or now) - row["started_at"]) if row["started_at"] else ""
