"""Workflows: requesting, reading and controlling them."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, HTTPException, Path, Query, Response

from db.queries.statements import Row
from db.workflows.requests import RequestOptions
from jobs.kinds import dump_spec, parse_spec
from jobs.questions import require_asking, resolve_answer
from jobs.spec import JobSpec, request_digest
from jobs.states import State
from runtime.access import Role
from runtime.errors import InvalidInput
from runtime.text_fields import Text
from web.auth import requires
from web.dependencies import Actor
from web.errors import INVALID_INPUT, document_errors
from workflow_api.models import (
    Answer,
    Job,
    Requested,
    Workflow,
    WorkflowList,
    WorkflowRequest,
    WorkflowSummary,
)
from workflow_api.requesting import REPEATED, IdempotencyKey, find_earlier, respond
from workflow_api.resources import Shared, WorkflowResources, repeatable

MAX_WORKFLOWS = 200
MAX_JOBS = 1_000
ALL_JOBS = 100_000
MAX_POSITION = 2**31 - 1
NOT_FOUND = document_errors(HTTPStatus.NOT_FOUND)

router = APIRouter(prefix="/api/workflows")
WorkflowId = Annotated[UUID, Path(description="The workflow")]


@router.post(
    "", status_code=HTTPStatus.CREATED, responses=INVALID_INPUT | REPEATED, **requires(Role.OPERATOR)
)
def request_workflow(
    resources: Shared,
    actor: Actor,
    request: WorkflowRequest,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> Requested:
    """Request a workflow; with the same Idempotency-Key and body again, return the first one: status 200.

    Raises:
        InvalidInput: There is nothing to do.
    """
    spec = dump_spec(parse_spec(request.kind, request.spec))
    digest = request_digest(request.kind, spec, request.max_running)
    if earlier := find_earlier(resources, actor, idempotency_key, digest):
        return respond(response, earlier)
    plan = resources.planner.plan(request.kind, spec)
    if not plan.jobs:
        raise InvalidInput(f"asks for a {request.kind} that has nothing to fetch", "spec")
    options = RequestOptions(
        idempotency_key=idempotency_key,
        request_digest=digest,
        max_running=request.max_running or plan.max_running,
    )
    with repeatable():
        result = resources.requests.request(actor, request.kind, plan.spec, plan.jobs, options)
    return respond(response, result)


@router.get("", responses=INVALID_INPUT, **requires(Role.VIEWER))
def list_workflows(
    resources: Shared,
    state: Annotated[list[State] | None, Query(description="Only those in one of these states")] = None,
    kind: Annotated[list[Text] | None, Query(description="Only those of one of these kinds")] = None,
    schedule: Annotated[Text | None, Query(description="Only those of this schedule")] = None,
    cursor: Annotated[UUID | None, Query(description="`next_cursor` of the previous response")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_WORKFLOWS, description="Maximum number")] = 50,
) -> WorkflowList:
    """Return the newest workflows, the newest first."""
    rows = resources.queries.read_all(limit + 1, states=state, kinds=kind, schedule=schedule, before=cursor)
    shown = rows[:limit]
    return WorkflowList(
        workflows=[WorkflowSummary.of_row(row) for row in shown],
        next_cursor=shown[-1]["workflow_id"] if len(rows) > limit else None,
    )


@router.get("/{workflow_id}", responses=INVALID_INPUT | NOT_FOUND, **requires(Role.VIEWER))
def get_workflow(
    resources: Shared,
    workflow_id: WorkflowId,
    job_state: Annotated[list[State] | None, Query(description="Only jobs in one of these states")] = None,
    after: Annotated[
        int, Query(ge=-1, le=MAX_POSITION, description="Only jobs after the one with this position")
    ] = -1,
    limit: Annotated[int, Query(ge=1, le=MAX_JOBS, description="Maximum number of jobs")] = MAX_JOBS,
) -> Workflow:
    """Return a workflow with its jobs.

    Raises:
        HTTPException: There is no such workflow.
    """
    row = require_workflow(resources, workflow_id)
    jobs = resources.queries.jobs(workflow_id, limit, after=after, states=job_state)
    workflow: Workflow = Workflow.of_row(row, jobs=[Job.of_row(job) for job in jobs])
    return workflow


def require_workflow(resources: WorkflowResources, workflow_id: UUID) -> Row:
    """Return the row of a workflow.

    Raises:
        HTTPException: There is no such workflow.
    """
    row = resources.queries.read(workflow_id)
    if row is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"There is no workflow {workflow_id}.")
    return row


Change = Callable[[str, UUID], Row]
CHANGE = {
    "status_code": HTTPStatus.ACCEPTED,
    "responses": INVALID_INPUT | NOT_FOUND,
    **requires(Role.OPERATOR),
}


def _change(resources: WorkflowResources, workflow_id: UUID, actor: str, change: Change) -> WorkflowSummary:
    require_workflow(resources, workflow_id)
    change(actor, workflow_id)
    changed: WorkflowSummary = WorkflowSummary.of_row(require_workflow(resources, workflow_id))
    return changed


@router.post("/{workflow_id}/cancel", **CHANGE)
def cancel_workflow(resources: Shared, actor: Actor, workflow_id: WorkflowId) -> WorkflowSummary:
    """Cancel a workflow: jobs that no worker executes at once, the others when their worker stops them."""
    return _change(resources, workflow_id, actor, resources.requests.cancel)


@router.post("/{workflow_id}/pause", **CHANGE)
def pause_workflow(resources: Shared, actor: Actor, workflow_id: WorkflowId) -> WorkflowSummary:
    """Pause a workflow: ready jobs at once, the others at their next checkpoint."""
    return _change(resources, workflow_id, actor, resources.requests.pause)


@router.post("/{workflow_id}/resume", **CHANGE)
def resume_workflow(resources: Shared, actor: Actor, workflow_id: WorkflowId) -> WorkflowSummary:
    """Let a paused workflow continue."""
    return _change(resources, workflow_id, actor, resources.requests.resume)


@router.post("/{workflow_id}/answer", **CHANGE)
def answer_workflow(
    resources: Shared, actor: Actor, workflow_id: WorkflowId, answer: Answer
) -> WorkflowSummary:
    """Answer the question of a workflow, which then continues."""

    def change(actor: str, workflow_id: UUID) -> Row:
        row = require_workflow(resources, workflow_id)
        job = require_asking(row, resources.queries.jobs(workflow_id, ALL_JOBS, states=[State.PAUSED]))
        options = resolve_answer(job, answer.option, answer.options)
        return resources.requests.answer(actor, workflow_id, options)

    return _change(resources, workflow_id, actor, change)


@router.post("/{workflow_id}/retry", **CHANGE)
def retry_workflow(resources: Shared, actor: Actor, workflow_id: WorkflowId) -> WorkflowSummary:
    """Let the failed and cancelled jobs of an ended workflow continue from their checkpoints."""
    return _change(resources, workflow_id, actor, resources.requests.retry)


@router.post(
    "/{workflow_id}/rerun",
    status_code=HTTPStatus.CREATED,
    responses=INVALID_INPUT | NOT_FOUND | REPEATED,
    **requires(Role.OPERATOR),
)
def rerun_workflow(
    resources: Shared,
    actor: Actor,
    workflow_id: WorkflowId,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> Requested:
    """Request the same jobs again as a new workflow, which starts from the beginning.

    Raises:
        InvalidInput: It has not ended.
    """
    row = require_workflow(resources, workflow_id)
    if not State(row["state"]).has_ended:
        raise InvalidInput(f"Workflow {workflow_id} is {row['state']}: cancel it first, or wait.", "state")
    jobs = [
        JobSpec(job["kind"], job["spec"], job["max_failures"])
        for job in resources.queries.jobs(workflow_id, ALL_JOBS)
    ]
    options = RequestOptions(
        idempotency_key=idempotency_key,
        request_digest=request_digest("rerun", str(workflow_id)),
        max_running=row["max_running"],
        rerun_of=workflow_id,
    )
    with repeatable():
        return respond(response, resources.requests.request(actor, row["kind"], row["spec"], jobs, options))
