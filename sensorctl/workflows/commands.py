"""`sensorctl workflow`: request, show and control workflows."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer

from db.queries.statements import Row
from db.workflows.requests import RequestOptions
from jobs.questions import find_asking
from jobs.spec import JobSpec
from jobs.states import State
from sensorctl.actor import current_actor
from sensorctl.output import JsonOption, note_if_cut, print_message, show, show_json
from sensorctl.questions import answer_hint, show_question
from sensorctl.workflows.answer import answer
from sensorctl.workflows.follow import follow_events
from sensorctl.workflows.options import (
    Assignments,
    Follow,
    JsonLinesOption,
    Key,
    Kind,
    MaxRunning,
    Spec,
    WorkflowId,
    merge_spec,
    parse_workflow_id,
    reader,
    requester,
    require_workflow,
)
from sensorctl.workflows.request import report_request, request
from sensorctl.workflows.timeline import Timeline, timeline_table
from sensorctl.workflows.views import job_table, workflow_details, workflow_table
from sensorctl.workflows.workers import START_HINT, worker_table

app = typer.Typer(help="Request, show and control workflows.", no_args_is_help=True)

MAX_EVENTS = 10_000
MAX_JOBS = 10_000
MAX_JOBS_OF_A_WORKFLOW = 100_000  # as the database allows


@app.command("list")
def list_(
    state: Annotated[list[State] | None, typer.Option(help="Only those in this state. Repeatable.")] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Only those of this kind. Repeatable.")] = None,
    before: Annotated[
        UUID | None,
        typer.Option(
            parser=parse_workflow_id,
            metavar="WORKFLOW",
            help="Only those requested before this one, such as the last of the previous list.",
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="Maximum number of workflows.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """Show the newest workflows."""
    with reader() as queries:
        rows = queries.read_all(limit, states=state or None, kinds=kind or None, before=before)
    if as_json:
        show_json(rows)
    elif rows:
        show(workflow_table(rows, datetime.now(UTC)))
    else:
        print("No workflows. Try one with `sensorctl dummy job --follow`.")


@app.command("show")
def show_workflow(
    workflow_id: WorkflowId,
    state: Annotated[list[State] | None, typer.Option(help="Only jobs in this state. Repeatable.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show a workflow and its jobs: state, progress, rate, and when each will be done."""
    with reader() as queries:
        row = require_workflow(queries, workflow_id)
        jobs = queries.jobs(workflow_id, MAX_JOBS, states=state or None)
    note_if_cut(jobs, MAX_JOBS, "jobs", "see --state")
    if as_json:
        show_json(row | {"jobs": jobs})
        return
    now = datetime.now(UTC)
    show(workflow_details(row, now))
    show(job_table(jobs, now))
    if asking := find_asking(jobs):
        show_question(asking["question"])
        print_message(answer_hint(workflow_id, asking["question"]))


@app.command()
def events(workflow_id: WorkflowId, follow: Follow = False, as_json: JsonLinesOption = False) -> None:
    """Show the timeline of a workflow: what happened, when, by whom, in which attempt, and for how long."""
    with reader() as queries:
        if follow:
            follow_events(queries, workflow_id, as_json=as_json)
            return
        require_workflow(queries, workflow_id)
        jobs, rows = queries.jobs(workflow_id, MAX_JOBS), queries.events(workflow_id, MAX_EVENTS)
    note_if_cut(rows, MAX_EVENTS, "events", "--follow shows all of them")
    if as_json:
        show_json(rows)
        return
    show(timeline_table(Timeline(jobs).entries(rows)))


@app.command()
def run(
    kind: Kind,
    spec: Spec = None,
    assignments: Assignments = None,
    max_running: MaxRunning = None,
    key: Key = None,
    follow: Follow = False,
    as_json: JsonLinesOption = False,
) -> None:
    """Request a workflow of a kind."""
    request(
        kind,
        merge_spec(spec, assignments),
        max_running=max_running,
        idempotency_key=key,
        follows=follow,
        as_json=as_json,
    )


app.command()(answer)


@app.command()
def cancel(workflow_id: WorkflowId, as_json: JsonOption = False) -> None:
    """Cancel a workflow; its running jobs stop at their next checkpoint."""
    with requester() as requests:
        row = requests.cancel(current_actor(), workflow_id)
    _report("Requested to cancel", row, as_json=as_json)


@app.command()
def pause(workflow_id: WorkflowId, as_json: JsonOption = False) -> None:
    """Pause a workflow; its running jobs stop at their next checkpoint."""
    with requester() as requests:
        row = requests.pause(current_actor(), workflow_id)
    _report("Requested to pause", row, as_json=as_json)


@app.command()
def resume(workflow_id: WorkflowId, as_json: JsonOption = False) -> None:
    """Resume a paused workflow; its jobs continue from their checkpoints."""
    with requester() as requests:
        row = requests.resume(current_actor(), workflow_id)
    _report("Resumed", row, as_json=as_json)


@app.command()
def retry(workflow_id: WorkflowId, as_json: JsonOption = False) -> None:
    """Retry the failed and cancelled jobs of a workflow that has ended, from their checkpoints."""
    with requester() as requests:
        row = requests.retry(current_actor(), workflow_id)
    _report("Retried", row, as_json=as_json)


@app.command()
def rerun(workflow_id: WorkflowId, follow: Follow = False, as_json: JsonLinesOption = False) -> None:
    """Request a workflow again: a new one with the same kind and spec, which starts from the beginning."""
    with reader() as queries:
        row = require_workflow(queries, workflow_id)
        jobs = queries.jobs(workflow_id, MAX_JOBS_OF_A_WORKFLOW)
    specs = [JobSpec(job["kind"], job["spec"], job["max_failures"]) for job in jobs]
    options = RequestOptions(max_running=row["max_running"], rerun_of=workflow_id)
    with requester() as requests:
        requested = requests.request(current_actor(), row["kind"], row["spec"], specs, options)
    report_request(requested, follows=follow, as_json=as_json)


@app.command()
def workers(as_json: JsonOption = False) -> None:
    """Show the workers: which kinds each runs, and when it was last seen."""
    with reader() as queries:
        rows = queries.workers()
    if as_json:
        show_json(rows)
    elif rows:
        show(worker_table(rows))
    else:
        print(f"No worker has reported in the last day. To start one, {START_HINT}.")


def _report(what: str, row: Row, *, as_json: bool) -> None:
    if as_json:
        show_json(row)
    else:
        print(f"{what} the workflow {row['workflow_id']}: it is {row['state']}.")
