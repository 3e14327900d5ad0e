"""Sources: the systems from which readings are fetched."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Response
from pydantic import Field, ValidationError

from db.queries.statements import Row
from db.workflows.requests import RequestOptions
from jobs.kinds import SOURCE_TEST
from jobs.source import Source
from runtime.access import Role
from runtime.errors import InvalidInput
from runtime.text_fields import Text
from runtime.validation_messages import to_invalid_input
from web.auth import requires
from web.dependencies import Actor
from web.errors import INVALID_INPUT
from workflow_api.models import Model, Requested
from workflow_api.requesting import respond
from workflow_api.resources import Shared, WorkflowResources, repeatable
from workflow_api.workflows import NOT_FOUND

MAX_NAME_CHARACTERS = 64

router = APIRouter(prefix="/api/sources")
Name = Annotated[Text, Path(max_length=MAX_NAME_CHARACTERS, description="The name of the source")]


class SourceDefinition(Source):
    """A source to create or to replace. It never contains a secret, only the name of its variable."""

    name: Annotated[Text, Field(description="Left out, or the name in the path")] = ""


class StoredSensor(Model):
    """A sensor of a source: the name that it has there, and the sensor to which its values belong here."""

    remote: str
    sensor_id: str


class StoredSource(Model):
    """A source as it is stored, and who created it."""

    name: str
    kind: str
    address: str | None
    secret_name: str | None
    sensors: list[StoredSensor]
    unit: str
    time_zone: str | None
    cursor: datetime | None
    requests_per_minute: int
    lag_seconds: int
    options: dict[str, Any]
    created_by: str
    created_at: datetime
    changed_at: datetime
    problem: Annotated[
        str | None,
        Field(description="Why no worker can use it, as one of a later version; null: workers can"),
    ]


class SourceList(Model):
    """Every source, by name."""

    sources: list[StoredSource]


@router.get("", **requires(Role.VIEWER))
def list_sources(resources: Shared) -> SourceList:
    """Return every source."""
    return SourceList(sources=[_to_stored(row) for row in resources.sources.read_all()])


@router.get("/{name}", responses=INVALID_INPUT | NOT_FOUND, **requires(Role.VIEWER))
def get_source(resources: Shared, name: Name) -> StoredSource:
    """Return a source.

    Raises:
        HTTPException: There is no such source.
    """
    return _to_stored(_require(resources, name))


@router.put("/{name}", responses=INVALID_INPUT, **requires(Role.ADMIN))
def put_source(resources: Shared, actor: Actor, name: Name, definition: SourceDefinition) -> StoredSource:
    """Create a source, or replace its definition. Its cursor stays unless one is given.

    Raises:
        InvalidInput: The name is invalid, or another one than in the path.
    """
    if definition.name not in ("", name):
        raise InvalidInput(f"is {definition.name!r}, but the path names {name!r}: leave it out", "name")
    given = definition.model_dump(mode="json", exclude={"name", "cursor"})
    if "cursor" in definition.model_fields_set:
        given["cursor"] = definition.model_dump(mode="json")["cursor"]
    check_source(given | {"name": name})
    resources.sources.put(actor, name, given)
    return _to_stored(_require(resources, name))


@router.delete("/{name}", responses=INVALID_INPUT | NOT_FOUND, **requires(Role.ADMIN))
def remove_source(resources: Shared, actor: Actor, name: Name) -> StoredSource:
    """Remove a source that nothing uses, and return what it was. Its readings stay.

    Raises:
        HTTPException: There is no such source.
    """
    _require(resources, name)
    return _to_stored(resources.sources.remove(actor, name))


@router.post(
    "/{name}/test",
    status_code=HTTPStatus.ACCEPTED,
    responses=INVALID_INPUT | NOT_FOUND,
    **requires(Role.OPERATOR),
)
def test_source(resources: Shared, actor: Actor, name: Name, response: Response) -> Requested:
    """Request a workflow that reads a source and reports what would be stored; it stores nothing.

    Raises:
        HTTPException: There is no such source.
    """
    _require(resources, name)
    plan = resources.planner.plan(SOURCE_TEST, {"source": name})
    with repeatable():
        result = resources.requests.request(actor, SOURCE_TEST, plan.spec, plan.jobs, RequestOptions())
    requested = respond(response, result)
    response.status_code = HTTPStatus.ACCEPTED
    return requested


def check_source(fields: dict[str, Any]) -> None:
    """Check the fields of a source all together.

    Raises:
        InvalidInput: One of them is refused.
    """
    try:
        Source.model_validate(fields)
    except ValidationError as error:
        invalid = to_invalid_input(error)
        raise InvalidInput(invalid.message, invalid.field) from None


def _to_stored(row: Row) -> StoredSource:
    fields = {name: value for name, value in row.items() if name in Source.model_fields}
    try:
        check_source(fields)
    except InvalidInput as error:
        return StoredSource.of_row(row, problem=str(error))  # type: ignore[no-any-return]
    return StoredSource.of_row(row, problem=None)  # type: ignore[no-any-return]


def _require(resources: WorkflowResources, name: str) -> Row:
    row = resources.sources.read(name)
    if row is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"There is no source {name}.")
    return row
