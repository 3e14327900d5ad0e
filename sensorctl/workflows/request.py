"""Requests a workflow, and shows what it became."""

from collections.abc import Mapping
from typing import Any

from db.workflows.requests import Requested, RequestOptions
from jobs.kinds import plan_jobs
from jobs.spec import request_digest
from sensorctl.actor import current_actor
from sensorctl.output import print_message, show_json
from sensorctl.workflows.follow import follow_events
from sensorctl.workflows.options import reader, requester


def request(
    kind: str,
    spec: Mapping[str, Any],
    *,
    follows: bool,
    as_json: bool,
    idempotency_key: str | None = None,
    max_running: int | None = None,
) -> None:
    """Request a workflow, print its ID, and follow it until it ends if that is requested.

    Raises:
        InvalidInput: When there is no such kind, or the spec is not one of it.
        typer.Exit: When it is followed, and does not succeed.
    """
    options = RequestOptions(
        idempotency_key=idempotency_key,
        request_digest=request_digest(kind, spec, max_running),
        max_running=max_running,
    )
    with requester() as requests:
        requested = requests.request(current_actor(), kind, spec, plan_jobs(kind, spec), options)
    report_request(requested, follows=follows, as_json=as_json)


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
