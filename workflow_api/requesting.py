"""What the requests for workflows share: a key that makes them repeatable, and their response."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Header, Response

from db.workflows.requests import Requested as Result
from runtime.errors import InvalidInput
from workflow_api.models import Requested
from workflow_api.resources import WorkflowResources

REPEATED: dict[int | str, dict[str, object]] = {
    HTTPStatus.OK.value: {"model": Requested, "description": "It was requested before with this key"}
}
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="Any text that names this request: repeated with the same body, it requests nothing new",
    ),
]


def find_earlier(resources: WorkflowResources, actor: str, key: str | None, digest: str) -> Result | None:
    """Return the workflow that was requested with this key; None if none was.

    It is looked for before a plan is made: what the first request fetches has no place in another plan.

    Raises:
        InvalidInput: The key was used for another request.
    """
    row = resources.queries.find(actor, key) if key else None
    if row is None:
        return None
    if row["request_digest"] != digest:
        raise InvalidInput(
            f"was used for another request, workflow {row['workflow_id']}: use a new key", "idempotency_key"
        )
    return Result(row["workflow_id"], created=False)


def respond(response: Response, result: Result) -> Requested:
    """Return a requested workflow, with its address and the status that says whether it is new."""
    response.headers["Location"] = f"/api/workflows/{result.workflow_id}"
    response.status_code = HTTPStatus.CREATED if result.created else HTTPStatus.OK
    return Requested(workflow_id=result.workflow_id, created=result.created)
