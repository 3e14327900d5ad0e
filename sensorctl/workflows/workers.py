"""Which workers there are, and which of them still report."""

from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta

from rich.table import Table
from rich.text import Text

from db.queries.statements import Row, Statements
from db.workflows.queries import WorkflowQueries
from jobs.states import State
from monitoring.problems import ProblemKind
from runtime.text import escape_unprintable, format_duration, quantity
from sensorctl.checks import CheckResult
from sensorctl.output import format_time, safe_text, titled_table
from sensorctl.settings import OperatorSettings

# A paused workflow needs no worker.
UNFINISHED = (State.READY, State.RUNNING, State.CANCELLING)
# A worker reports every five seconds.
WORKER_SEEN = timedelta(seconds=20)
START_HINT = "set COMPOSE_PROFILES=workflows in .env (reports for files and reports) and run `make up`"
LOG_HINT = "its log says what it waits for (`sensorctl logs`)"


def seen_workers(rows: Sequence[Row]) -> list[Row]:
    """Return the workers that have reported within the last seconds."""
    return [row for row in rows if row["seconds_since_seen"] <= WORKER_SEEN.total_seconds()]


def describe_workers(rows: Sequence[Row]) -> str:
    """Return how many workers there are, and for which kinds of jobs."""
    kinds = sorted({kind for row in rows for kind in row["kinds"]})
    return f"{quantity(len(rows), 'worker')} seen, for {', '.join(kinds)}"


def check_workflows(settings: OperatorSettings) -> CheckResult:
    """Check that a worker reports while a workflow waits for one; without workflows none is required.

    Raises:
        StoreUnavailable: When the database does not answer.
    """
    with closing(Statements(settings, "doctor")) as statements:
        queries = WorkflowQueries(statements)
        seen = seen_workers(queries.workers())
        unfinished = queries.read_all(1, states=UNFINISHED)
    if seen:
        return CheckResult("workflows", escape_unprintable(describe_workers(seen)))
    if not unfinished:
        return CheckResult("workflows", "no worker runs, and no workflow needs one")
    status = f"{ProblemKind.NO_WORKER}: no worker was seen, and workflows wait for one"
    return CheckResult("workflows", status, f"{START_HINT}; if a worker runs, {LOG_HINT}")


def worker_table(rows: Sequence[Row]) -> Table:
    """Return one row per worker, and whether it still reports."""
    table = titled_table("Workers (times in UTC)", "worker", "kinds", "version", "started", "seen")
    table.add_column("jobs", justify="right")
    for row in rows:
        age = timedelta(seconds=row["seconds_since_seen"])
        table.add_row(
            safe_text(row["name"]),
            safe_text(", ".join(row["kinds"])),
            safe_text(row["version"] or ""),
            format_time(row["started_at"]),
            Text(f"{format_duration(age)} ago", style="red" if age > WORKER_SEEN else ""),
            str(len(row["jobs"])),
        )
    return table
