"""Presets: limits that a report can have by name."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path

from jobs.report_presets import PresetDefinition, PresetName
from runtime.access import Role
from web.auth import requires
from web.dependencies import Actor
from web.errors import INVALID_INPUT
from workflow_api.models import Model
from workflow_api.resources import Shared
from workflow_api.workflows import NOT_FOUND

router = APIRouter(prefix="/api/report-presets")
Name = Annotated[PresetName, Path(description="The name of the preset")]


class Preset(Model):
    """A preset, with the publication that its limits come from."""

    name: str
    title: str
    low: float | None
    high: float | None
    excursion_low: float | None
    excursion_high: float | None
    is_frozen: bool
    source: str
    created_by: str
    created_at: datetime
    changed_at: datetime


class PresetList(Model):
    """Every preset, by name."""

    presets: list[Preset]


@router.get("", **requires(Role.VIEWER))
def list_presets(resources: Shared) -> PresetList:
    """Return every preset."""
    return PresetList(presets=[Preset.of_row(row) for row in resources.reports.presets()])


@router.put("/{name}", responses=INVALID_INPUT, **requires(Role.ADMIN))
def put_preset(resources: Shared, actor: Actor, name: Name, definition: PresetDefinition) -> Preset:
    """Add a preset, or replace it. Reports that were made keep their limits."""
    preset: Preset = Preset.of_row(resources.reports.put_preset(actor, name, definition))
    return preset


@router.delete("/{name}", responses=INVALID_INPUT | NOT_FOUND, **requires(Role.ADMIN))
def remove_preset(resources: Shared, actor: Actor, name: Name) -> Preset:
    """Remove a preset that no schedule uses, and return what it was. Reports that were made with it stay.

    Raises:
        HTTPException: There is no such preset.
    """
    if resources.reports.preset(name) is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"There is no preset {name}.")
    preset: Preset = Preset.of_row(resources.reports.remove_preset(actor, name))
    return preset
