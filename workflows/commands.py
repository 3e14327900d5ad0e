"""The commands for workflows: their fields, and what they do."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ValidationError

from db.workflows.requests import WorkflowRequests
from runtime.errors import InvalidInput
from runtime.text import quote_name
from runtime.validation_messages import to_invalid_input

ACTOR = "control:"


class ControlCommand(BaseModel):
    """What is to be done with a workflow; further fields are ignored."""

    command: Literal["start", "stop", "pause", "resume"]
    target: UUID
    queue_id: str | None = None
    telemetry_id: str | None = None
    timestamp: datetime | None = None


def parse_command(routing_key: str, body: bytes) -> ControlCommand:
    """Return the command of a message.

    Raises:
        InvalidInput: When it is none, or its routing key says something else.
    """
    try:
        command = ControlCommand.model_validate_json(body)
    except ValidationError as error:
        has_field = bool(error.errors()[0]["loc"])
        invalid = to_invalid_input(error) if has_field else InvalidInput("must be a JSON object", "body")
        raise InvalidInput(invalid.message, invalid.field) from None
    key = f"{command.command}.{command.target}"
    if routing_key.lower() != key:
        raise InvalidInput(f"is {quote_name(routing_key)}, but the body says {key}", "routing key")
    return command


def execute(requests: WorkflowRequests, command: ControlCommand, sender: str) -> Mapping[str, object]:
    """Do what a command says, and return the workflow.

    Raises:
        InvalidInput: When there is no such workflow, or its state does not permit this.
        StoreUnavailable: When the database does not answer in time.
    """
    changes = {
        "start": requests.retry,
        "stop": requests.cancel,
        "pause": requests.pause,
        "resume": requests.resume,
    }
    return changes[command.command](f"{ACTOR}{sender}", command.target)
