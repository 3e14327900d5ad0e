"""The queue `files`: each message names a file, for which a workflow is requested."""

from uuid import UUID

from pydantic import BaseModel, ValidationError

from db.workflows.requests import WorkflowRequests
from jobs.files import FILE
from jobs.kinds import dump_spec, parse_spec, plan_jobs
from runtime.errors import InvalidInput
from runtime.validation_messages import to_invalid_input

ACTOR = "files:"


class FileMessage(BaseModel):
    """Which file is ready; further fields are ignored."""

    file_name: str


def parse_file_name(body: bytes) -> str:
    """Return the file that a message names.

    Raises:
        InvalidInput: When it names none, or one that is not below the folder.
    """
    try:
        name = FileMessage.model_validate_json(body).file_name
    except ValidationError as error:
        has_field = bool(error.errors()[0]["loc"])
        raise (
            to_invalid_input(error)
            if has_field
            else InvalidInput('must be a JSON object such as {"file_name": "fridge.csv"}', "body")
        ) from None
    try:
        parse_spec(FILE, {"file": name})
    except InvalidInput as error:
        raise InvalidInput(error.message, "file_name") from None
    return name


def request_file(requests: WorkflowRequests, name: str, sender: str) -> UUID:
    """Request a workflow for a file, and return it.

    The same file again is another workflow, which ends at once if the version of the file has one.

    Raises:
        StoreUnavailable: When the database does not answer in time.
    """
    spec = dump_spec(parse_spec(FILE, {"file": name}))
    return requests.request(f"{ACTOR}{sender}", FILE, spec, plan_jobs(FILE, spec)).workflow_id
