"""Requests a workflow, and shows what it became."""

from collections.abc import Mapping
from typing import Any

from db.workflows.planning import Plan
from db.workflows.requests import Requested, RequestOptions
from jobs.spec import request_digest
from sensorctl.actor import current_actor
from sensorctl.output import print_message, show_json
from sensorctl.workflows.follow import follow_events
from sensorctl.workflows.options import planner, reader, requester


def request(
    kind: str,
    spec: Mapping[str, Any],
    *,
    follows: bool,
    as_json: bool,
    idempotency_key: str | None = None,
    max_running: int | None = None,
) -> Requested:
    """Request a workflow, print its ID, follow it until it ends if that is requested, and return its ID.

    Raises:
        InvalidInput: When there is no such kind or source, or the spec is not one of the kind.
        typer.Exit: When it is followed, and does not succeed.
    """
    with planner() as plans:
        plan = plans.plan(kind, spec)
    requested = request_plan(kind, plan, max_running=max_running, idempotency_key=idempotency_key)
    report_request(requested, follows=follows, as_json=as_json)
    return requested


def request_plan(
    kind: str, plan: Plan, *, max_running: int | None = None, idempotency_key: str | None = None
) -> Requested:
    """Request a workflow as it is planned.

    Raises:
        InvalidInput: When it has no jobs, or the key was used for another request.
    """
    options = RequestOptions(
        idempotency_key=idempotency_key,
        request_digest=request_digest(kind, plan.spec, max_running),
        max_running=max_running or plan.max_running,
    )
    with requester() as requests:
        return requests.request(current_actor(), kind, plan.spec, plan.jobs, options)


def report_request(requested: Requested, *, follows: bool, as_json: bool) -> None:
    """Print the ID of a workflow that was requested, and follow it until it ends if that is requested.

    Raises:
        typer.Exit: When it is followed, and does not succeed.
    """
    workflow_id = requested.workflow_id
    what = "Requested" if requested.created else "Already requested with this key:"
    if follows:
        print_message(f"{what} workflow {workflow_id}.")
        with reader() as queries:
            follow_events(queries, workflow_id, as_json=as_json)
    elif as_json:
        show_json({"workflow_id": workflow_id, "created": requested.created})
    else:
        print(f"{what} workflow {workflow_id}. `sensorctl workflow events {workflow_id} --follow` shows it.")
