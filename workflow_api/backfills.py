"""Backfills: fetching the history of a source in chunks, each of which is a job."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from db.workflows.planning import Plan
from db.workflows.requests import RequestOptions
from jobs.backfills import BackfillSpec
from jobs.kinds import BACKFILL, dump_spec
from jobs.spans import Span, Spans
from jobs.spec import request_digest
from runtime.access import Role
from runtime.text_fields import Text
from web.auth import requires
from web.dependencies import Actor
from web.errors import INVALID_INPUT, Responses
from workflow_api.models import Model
from workflow_api.requesting import IdempotencyKey, find_earlier
from workflow_api.resources import Shared, repeatable

MAX_CHUNKS = 1_000


class BackfillRequest(BackfillSpec):
    """A backfill to request, or with `dry_run` only to plan."""

    dry_run: Annotated[bool, Field(description="Return what would be fetched, and request nothing")] = False


class Period(Model):
    """A half-open period of time: `from` belongs to it, `to` does not."""

    start: Annotated[datetime, Field(serialization_alias="from")]
    end: Annotated[datetime, Field(serialization_alias="to")]


class Backfill(Model):
    """What a backfill fetches, and what it leaves out."""

    workflow_id: Annotated[UUID | None, Field(description="Null: there is nothing to fetch, or a dry run")]
    jobs: Annotated[int, Field(description="Number of chunks to fetch; 0 for a request that is repeated")]
    chunks: Annotated[list[Period], Field(description=f"The first {MAX_CHUNKS:,} of them in their order")]
    covered: Annotated[list[Period], Field(description="Left out: fetched completely before")]
    active: Annotated[list[Period], Field(description="Left out: other jobs have still to fetch it")]
    failed: Annotated[list[Period], Field(description="Left out: jobs failed to fetch it")]


router = APIRouter(prefix="/api/backfills")
NOTHING_NEW: Responses = {
    HTTPStatus.OK.value: {"model": Backfill, "description": "Nothing was requested now"}
}


@router.post(
    "", status_code=HTTPStatus.CREATED, responses=INVALID_INPUT | NOTHING_NEW, **requires(Role.OPERATOR)
)
def request_backfill(
    resources: Shared,
    actor: Actor,
    request: BackfillRequest,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> Backfill:
    """Request the history of a source, in chunks that run in their order.

    With the same Idempotency-Key and body again, return the first workflow with status 200. It is also 200
    if there is nothing to fetch.
    """
    spec = dump_spec(request)
    is_dry_run = spec.pop("dry_run")
    digest = request_digest(BACKFILL, spec)
    if not is_dry_run and (earlier := find_earlier(resources, actor, idempotency_key, digest)):
        response.status_code = HTTPStatus.OK
        return _to_backfill(earlier.workflow_id, None)
    plan = resources.planner.plan(BACKFILL, spec)
    if is_dry_run or not plan.jobs:
        response.status_code = HTTPStatus.OK
        return _to_backfill(None, plan)
    options = RequestOptions(
        idempotency_key=idempotency_key, request_digest=digest, max_running=plan.max_running
    )
    with repeatable():
        result = resources.requests.request(actor, BACKFILL, plan.spec, plan.jobs, options)
    response.headers["Location"] = f"/api/workflows/{result.workflow_id}"
    response.status_code = HTTPStatus.CREATED if result.created else HTTPStatus.OK
    return _to_backfill(result.workflow_id, plan if result.created else None)


def _to_backfill(workflow_id: UUID | None, plan: Plan | None) -> Backfill:
    backfill = plan.backfill if plan else None
    return Backfill(
        workflow_id=workflow_id,
        jobs=len(plan.jobs) if plan else 0,
        chunks=_periods(backfill.chunks[:MAX_CHUNKS] if backfill else []),
        covered=_periods(backfill.covered if backfill else []),
        active=_periods(backfill.active if backfill else []),
        failed=_periods(backfill.failed if backfill else []),
    )


def _periods(spans: Spans | list[Span]) -> list[Period]:
    return [Period(start=span.start, end=span.end) for span in spans]


class Gap(Model):
    """A half-open period of which a sensor has no readings, and which was not read completely."""

    source: str
    sensor_id: str
    start: Annotated[datetime, Field(serialization_alias="from")]
    end: Annotated[datetime, Field(serialization_alias="to")]


class GapList(Model):
    """The gaps, by source and sensor and in the order of time."""

    gaps: list[Gap]


gaps_router = APIRouter(prefix="/api/gaps")


@gaps_router.get("", responses=INVALID_INPUT, **requires(Role.VIEWER))
def list_gaps(
    resources: Shared,
    source: Annotated[Text | None, Query(description="Only of this source")] = None,
    sensor: Annotated[Text | None, Query(description="Only of this sensor")] = None,
) -> GapList:
    """Return what is missing of sources: since the first reading, and as far as readings are kept.

    A workflow of the kind `gaps` fetches exactly that.
    """
    found = resources.gaps.find_all(datetime.now(UTC), source=source, sensor=sensor)
    return GapList(gaps=[Gap(**gap._asdict()) for gap in found])
