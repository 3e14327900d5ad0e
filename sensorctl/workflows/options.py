"""The options that several commands of workflows have, and what the commands work with."""

import json
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Annotated, Any
from uuid import UUID

import typer

from db.queries.statements import Row, Statements
from db.workflows.planning import Planner
from db.workflows.queries import WorkflowQueries
from db.workflows.requests import WorkflowRequests
from runtime.text import quote_value
from sensorctl.output import fail
from sensorctl.settings import discover_manager_settings, discover_settings

NAME = "sensorctl"
ID_HINT = "`sensorctl workflow list` shows the workflows"


def parse_workflow_id(text: str) -> UUID:
    """Return the ID of a workflow.

    Raises:
        typer.BadParameter: When it is no UUID.
    """
    try:
        return UUID(text.strip())
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not the UUID of a workflow: {ID_HINT}") from None


def parse_json_object(text: str) -> dict[str, Any]:
    """Return the object that a JSON text holds.

    Raises:
        typer.BadParameter: When it holds none.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise typer.BadParameter(
            f'{quote_value(text)} must be a JSON object such as {{"seconds": 5}}: {error}'
        ) from None
    if not isinstance(value, dict):
        raise typer.BadParameter(f'{quote_value(text)} must be a JSON object such as {{"seconds": 5}}')
    return value


def parse_assignment(text: str) -> tuple[str, Any]:
    """Return name and value of `NAME=VALUE`; a value that is JSON, such as a number, is taken as such.

    Raises:
        typer.BadParameter: When it has no name or no equals sign.
    """
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise typer.BadParameter(f"{text!r} must be NAME=VALUE, for example seconds=5")
    try:
        return name.strip(), json.loads(value)
    except (ValueError, RecursionError):
        return name.strip(), value


WorkflowId = Annotated[
    UUID, typer.Argument(metavar="WORKFLOW", parser=parse_workflow_id, help="The ID of the workflow.")
]
Kind = Annotated[str, typer.Argument(metavar="KIND", help="The kind of the workflow, such as rest or dummy.")]
# typer knows neither dictionaries nor tuples in lists, so these are what the parsers return.
Spec = Annotated[
    Any,
    typer.Option("--spec", parser=parse_json_object, metavar="JSON", help="What it does, as a JSON object."),
]
Assignments = Annotated[
    list[Any] | None,
    typer.Option(
        "--set",
        parser=parse_assignment,
        metavar="NAME=VALUE",
        help="One field of the spec, such as source=attic. Repeatable.",
    ),
]
MaxRunning = Annotated[
    int | None, typer.Option(min=1, help="How many of its jobs may run at the same time; all if unset.")
]
Key = Annotated[
    str | None,
    typer.Option(help="Idempotency key: a second request with the same key requests nothing."),
]
Follow = Annotated[
    bool,
    typer.Option(
        "--follow", help="Show what happens until it ends; the exit code is 1 if it did not succeed."
    ),
]
JsonLinesOption = Annotated[
    bool, typer.Option("--json", help="Print JSON; with --follow one object per line.")
]


def merge_spec(spec: dict[str, Any] | None, assignments: Iterable[tuple[str, Any]] | None) -> dict[str, Any]:
    """Return a spec with its assignments.

    Raises:
        typer.BadParameter: When a field is set twice.
    """
    merged = dict(spec or {})
    for name, value in assignments or ():
        if name in merged:
            raise typer.BadParameter(f"{name!r} is set twice: give each field once", param_hint="--set")
        merged[name] = value
    return merged


@contextmanager
def reader() -> Iterator[WorkflowQueries]:
    """Open what reads workflows."""
    with closing(Statements(discover_settings(), NAME)) as statements:
        yield WorkflowQueries(statements)


@contextmanager
def planner() -> Iterator[Planner]:
    """Open what plans the jobs of workflows."""
    with closing(Statements(discover_settings(), NAME)) as statements:
        yield Planner(statements)


def requester() -> closing[WorkflowRequests]:
    """Open what requests and changes workflows."""
    return closing(WorkflowRequests(discover_manager_settings(), NAME))


def require_workflow(queries: WorkflowQueries, workflow_id: UUID) -> Row:
    """Return a workflow.

    Raises:
        typer.Exit: When there is none of this ID.
    """
    row = queries.read(workflow_id)
    if row is None:
        fail(f"There is no workflow {workflow_id}: {ID_HINT}.")
    return row
