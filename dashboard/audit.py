"""Who changed what."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from dashboard.models import Model
from dashboard.resources import Shared, require_database
from db.queries.audit import AuditFilter
from runtime.access import Role
from runtime.text_fields import Text
from web.auth import requires
from web.errors import INVALID_INPUT

DEFAULT_CHANGES = 100
MAX_CHANGES = 1_000
MAX_AUDIT_ID = 2**63 - 1

router = APIRouter(prefix="/api")
Limit = Annotated[int, Query(ge=1, le=MAX_CHANGES, description="Maximum number of changes")]
Below = Annotated[
    int | None, Query(ge=1, le=MAX_AUDIT_ID, description="Only changes before the one with this audit_id")
]
ActorName = Annotated[Text | None, Query(description="Only of this actor, such as key:NAME")]
Kind = Annotated[Text | None, Query(description="Only of this kind, such as api-key or sensor")]
ObjectId = Annotated[Text | None, Query(description="Only of the thing with this ID")]


class Change(Model):
    """A change: who made it, when, what it was, and what it became."""

    audit_id: int
    at: datetime
    actor: Annotated[str, Field(description="key:NAME, proxy:NAME or sensorctl:USER")]
    action: str
    object_kind: str
    object_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class Changes(Model):
    """The newest changes, the newest first."""

    changes: list[Change]


@router.get(
    "/audit",
    responses=INVALID_INPUT,
    dependencies=[Depends(require_database)],
    **requires(Role.VIEWER),
)
def list_changes(
    resources: Shared,
    limit: Limit = DEFAULT_CHANGES,
    below: Below = None,
    actor: ActorName = None,
    object_kind: Kind = None,
    object_id: ObjectId = None,
) -> Changes:
    """Return the newest changes, the newest first."""
    selection = AuditFilter(below=below, actor=actor, object_kind=object_kind, object_id=object_id)
    entries = resources.audit.read(selection, limit)
    return Changes(changes=[Change(**entry._asdict()) for entry in entries])
