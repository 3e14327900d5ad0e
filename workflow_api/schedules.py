"""Schedules: when workflows are requested by themselves."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, HTTPException, Path
from pydantic import Field

from db.queries.statements import Row
from jobs.schedules import CatchUp, Overlap, ScheduleDefinition, ScheduleName, first_time
from jobs.states import State
from runtime.access import Role
from web.auth import requires
from web.dependencies import Actor
from web.errors import INVALID_INPUT
from workflow_api.models import Model
from workflow_api.resources import Shared, WorkflowResources
from workflow_api.workflows import NOT_FOUND

router = APIRouter(prefix="/api/schedules")
Name = Annotated[ScheduleName, Path(description="The name of the schedule")]


class Schedule(Model):
    """A schedule, and what it last did."""

    name: str
    kind: str
    spec: dict[str, Any]
    cron: str
    time_zone: str
    overlap: Overlap
    catch_up: CatchUp
    enabled: bool
    next_at: Annotated[datetime | None, Field(description="Its next time; null while it is disabled")]
    fired_at: Annotated[datetime | None, Field(description="When it last came to a decision")]
    outcome: Annotated[
        str | None, Field(description="That decision: fired, replaced, skipped or nothing (no job to do)")
    ]
    last_workflow_id: Annotated[UUID | None, Field(description="The workflow that it last requested")]
    last_state: State | None
    created_by: str
    created_at: datetime
    changed_at: datetime


class ScheduleList(Model):
    """Every schedule, by name."""

    schedules: list[Schedule]


@router.get("", **requires(Role.VIEWER))
def list_schedules(resources: Shared) -> ScheduleList:
    """Return every schedule."""
    return ScheduleList(schedules=[Schedule.of_row(row) for row in resources.schedules.read_all()])


@router.get("/{name}", responses=INVALID_INPUT | NOT_FOUND, **requires(Role.VIEWER))
def get_schedule(resources: Shared, name: Name) -> Schedule:
    """Return a schedule.

    Raises:
        HTTPException: There is no such schedule.
    """
    return _to_schedule(_require(resources, name))


@router.put("/{name}", responses=INVALID_INPUT, **requires(Role.ADMIN))
def put_schedule(resources: Shared, actor: Actor, name: Name, definition: ScheduleDefinition) -> Schedule:
    """Create a schedule, or replace it. Its next time is the first one after now."""
    resources.planner.check(definition.kind, definition.spec)
    next_at = first_time(definition.cron, definition.time_zone, datetime.now(UTC))
    resources.schedules.put(actor, name, definition.model_dump(mode="json"), next_at)
    return _to_schedule(_require(resources, name))


@router.delete("/{name}", responses=INVALID_INPUT | NOT_FOUND, **requires(Role.ADMIN))
def remove_schedule(resources: Shared, actor: Actor, name: Name) -> Schedule:
    """Remove a schedule, and return what it was. The workflows that it requested stay.

    Raises:
        HTTPException: There is no such schedule.
    """
    removed = _to_schedule(_require(resources, name))
    resources.schedules.remove(actor, name)
    return removed


def _require(resources: WorkflowResources, name: str) -> Row:
    row = resources.schedules.read(name)
    if row is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"There is no schedule {name}.")
    return row


def _to_schedule(row: Row) -> Schedule:
    schedule: Schedule = Schedule.of_row(row)
    return schedule
