"""Follows a workflow until it ends: one line per event, and a progress bar with rate and time to go."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from db.errors import StoreUnavailable
from db.queries.statements import Row
from db.workflows.event_follower import EventFollower
from db.workflows.queries import WorkflowQueries
from jobs.states import ENDED, State
from runtime.json_values import dump_json
from runtime.streams import is_terminal
from runtime.text import escape_unprintable
from sensorctl.output import console, fail, print_message, to_json
from sensorctl.workflows.options import require_workflow
from sensorctl.workflows.progress import describe_jobs, workflow_progress
from sensorctl.workflows.timeline import Timeline, timeline_line
from sensorctl.workflows.workers import LOG_HINT, START_HINT, seen_workers

POLL_INTERVAL_SECONDS = 1.0
MAX_JOBS = 100_000
# While no job of a workflow runs; a worker takes a job within a second.
POLLS_UNTIL_HINT = 5
PROGRESS = "progress"
INTERRUPTED = "The database does not answer; what happens is shown once it does. The workflow is not lost."


def follow_events(queries: WorkflowQueries, workflow_id: UUID, *, as_json: bool) -> None:
    """Print the events of a workflow until it has ended, also over a restart of the database.

    Raises:
        StoreUnavailable: When the database does not answer at the beginning.
        typer.Exit: When it does not exist, or did not succeed.
    """
    workflow = require_workflow(queries, workflow_id)
    timeline = Timeline(queries.jobs(workflow_id, MAX_JOBS))
    follower = EventFollower(queries, workflow_id, State(workflow["state"]))
    hint = _WorkerHint(queries)
    was_interrupted = False
    with _progress_bar() as (bar, task):
        while True:
            try:
                # The events are read after the state, so that the last one is not missed.
                workflow = require_workflow(queries, workflow_id)
                _update(bar, task, workflow)
                while events := follower.poll():
                    for event in events:
                        _print_event(bar.console, timeline, event, as_json=as_json)
                if workflow["state"] in ENDED:
                    break
                hint.check(workflow)
            except StoreUnavailable:
                if not was_interrupted:
                    print_message(INTERRUPTED)
                was_interrupted = True
            else:
                was_interrupted = False
            time.sleep(POLL_INTERVAL_SECONDS)
    if workflow["state"] != "succeeded":
        fail(f"The workflow {workflow_id} is {workflow['state']}: {_reason(workflow)}")


class _WorkerHint:
    """Says once that jobs wait because no worker for them was seen, if none runs for some polls."""

    def __init__(self, queries: WorkflowQueries) -> None:
        self._queries = queries
        self._polls = 0
        self._is_given = False

    def check(self, workflow: Row) -> None:
        """Look at a workflow that has not ended, as it is at one poll.

        Raises:
            StoreUnavailable: When the database does not answer.
        """
        states = workflow["jobs_by_state"]
        self._polls = self._polls + 1 if State.READY in states and State.RUNNING not in states else 0
        if self._is_given or self._polls < POLLS_UNTIL_HINT:
            return
        served = {kind for worker in seen_workers(self._queries.workers()) for kind in worker["kinds"]}
        for job in self._queries.jobs(workflow["workflow_id"], 1, states=[State.READY]):
            if job["kind"] not in served:
                kind = escape_unprintable(job["kind"])
                print_message(
                    f"No worker for jobs of the kind {kind} was seen; they wait. To start one, {START_HINT}; "
                    f"if one runs, {LOG_HINT}."
                )
                self._is_given = True


def _print_event(terminal: Console, timeline: Timeline, event: Row, *, as_json: bool) -> None:
    [entry] = timeline.entries([event])
    if as_json:
        print(dump_json(event, default=to_json), flush=True)
    elif event["event"] != PROGRESS or not is_terminal(sys.stderr):  # the bar shows the progress
        terminal.print(timeline_line(entry), soft_wrap=True)


def _reason(workflow: Row) -> str:
    hint = f"`sensorctl workflow show {workflow['workflow_id']}` shows its jobs"
    return f"{workflow['error'] or describe_jobs(workflow)}; {hint}."


@contextmanager
def _progress_bar() -> Iterator[tuple[Progress, TaskID]]:
    """Show a bar on a terminal; events are printed above it, and to standard output."""
    is_shown = is_terminal(sys.stderr) and is_terminal(sys.stdout)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[extent]}"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=console(),
        disable=not is_shown,
        transient=True,
    )
    with bar:
        yield bar, bar.add_task("", total=None, extent="", rate="")


def _update(bar: Progress, task: TaskID, workflow: Row) -> None:
    progress = workflow_progress(workflow)
    speed = bar.tasks[0].speed
    extent = f"{progress.done:,}" + ("" if progress.total is None else f" of {progress.total:,}")
    bar.update(
        task,
        completed=progress.done,
        total=progress.total,
        description=describe_jobs(workflow),
        extent=extent,
        rate=f"{speed:,.1f}/s" if speed else "",
    )
