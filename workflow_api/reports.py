"""Reports: requesting them, and what jobs have made."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, HTTPException, Path, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from db.queries.statements import Row
from db.workflows.requests import RequestOptions
from jobs.kinds import dump_spec
from jobs.reports import MEDIA_TYPES, REPORT, ReportFormat, ReportSpec
from jobs.spec import request_digest
from readings.ids import sensor_id_forms
from runtime.access import Role
from runtime.text_fields import Text
from web.auth import requires
from web.dependencies import Actor
from web.errors import INVALID_INPUT
from web.security import FRAMED_BY_OWN_PAGE
from workflow_api.models import Model, Requested
from workflow_api.requesting import REPEATED, IdempotencyKey, find_earlier, respond
from workflow_api.resources import Shared, WorkflowResources, repeatable
from workflow_api.workflows import NOT_FOUND

MAX_REPORTS = 200
PDF = "pdf"

router = APIRouter(prefix="/api/reports")
ReportId = Annotated[UUID, Path(description="A file of a report")]


class ReportFile(Model):
    """A file of a report that a job has made."""

    report_id: UUID
    workflow_id: Annotated[UUID, Field(description="The workflow that requested the report")]
    job_id: UUID
    format: ReportFormat
    name: str
    title: str
    period_start: datetime
    period_end: Annotated[datetime, Field(description="Not part of the period")]
    sensors: list[str]
    summary: Annotated[dict[str, Any], Field(description="The main figures of each sensor")]
    bytes: int
    sha256: Annotated[str, Field(description="SHA-256 of the file")]
    document_sha256: Annotated[str, Field(description="SHA-256 of the same report as JSON")]
    requested_by: str
    made_at: datetime


class ReportList(Model):
    """The newest files of reports, the newest first."""

    reports: list[ReportFile]
    next_cursor: Annotated[UUID | None, Field(description="The cursor of those before; null: there are none")]


@router.post(
    "", status_code=HTTPStatus.CREATED, responses=INVALID_INPUT | REPEATED, **requires(Role.OPERATOR)
)
def request_report(
    resources: Shared,
    actor: Actor,
    request: ReportSpec,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> Requested:
    """Request a report as a workflow of the kind report; with the same Idempotency-Key again: status 200.

    Raises:
        InvalidInput: A field is refused, or the key was used for another request.
    """
    spec = dump_spec(request)
    digest = request_digest(REPORT, spec, None)
    if earlier := find_earlier(resources, actor, idempotency_key, digest):
        return respond(response, earlier)
    plan = resources.planner.plan(REPORT, spec)
    options = RequestOptions(idempotency_key=idempotency_key, request_digest=digest)
    with repeatable():
        return respond(response, resources.requests.request(actor, REPORT, plan.spec, plan.jobs, options))


@router.get("", responses=INVALID_INPUT, **requires(Role.VIEWER))
def list_reports(
    resources: Shared,
    sensor: Annotated[list[Text] | None, Query(description="Only those of one of these sensors")] = None,
    format: Annotated[  # noqa: A002 (the name of the parameter)
        list[ReportFormat] | None, Query(description="Only those in one of these formats")
    ] = None,
    workflow: Annotated[UUID | None, Query(description="Only those of this workflow")] = None,
    cursor: Annotated[UUID | None, Query(description="`next_cursor` of the previous response")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_REPORTS, description="Maximum number")] = 50,
) -> ReportList:
    """Return the newest files of reports, the newest first."""
    rows = resources.reports.read_all(
        limit + 1,
        sensors=sensor_id_forms(sensor) if sensor else None,
        formats=format,
        workflow_id=workflow,
        before=cursor,
    )
    shown = rows[:limit]
    return ReportList(
        reports=[ReportFile.of_row(row) for row in shown],
        next_cursor=shown[-1]["report_id"] if len(rows) > limit else None,
    )


@router.get("/{report_id}", responses=INVALID_INPUT | NOT_FOUND, **requires(Role.VIEWER))
def get_report(resources: Shared, report_id: ReportId) -> ReportFile:
    """Return what is known of a file of a report.

    Raises:
        HTTPException: There is no such file.
    """
    return _to_file(_require(resources, report_id))


@router.get(
    "/{report_id}/content",
    response_class=StreamingResponse,
    responses=INVALID_INPUT
    | NOT_FOUND
    | {
        HTTPStatus.OK.value: {
            "description": "The file",
            "content": {
                name.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
                for name in MEDIA_TYPES.values()
            },
        }
    },
    **requires(Role.VIEWER),
)
def get_report_content(
    resources: Shared,
    report_id: ReportId,
    *,
    inline: Annotated[bool, Query(description="Let a browser show a PDF instead of saving it")] = False,
) -> StreamingResponse:
    """Return a file of a report.

    Raises:
        HTTPException: There is no such file.
    """
    row = _require(resources, report_id)
    is_shown = inline and row["format"] == PDF
    disposition = "inline" if is_shown else "attachment"
    headers = {
        **(FRAMED_BY_OWN_PAGE if is_shown else {}),
        "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(row['name'], safe='')}",
        "Content-Length": str(row["bytes"]),
    }
    parts = resources.reports.parts(report_id, row["bytes"])
    return StreamingResponse(parts, media_type=MEDIA_TYPES[row["format"]], headers=headers)


@router.delete("/{report_id}", responses=INVALID_INPUT | NOT_FOUND, **requires(Role.ADMIN))
def delete_report(resources: Shared, actor: Actor, report_id: ReportId) -> ReportFile:
    """Delete a file of a report, and return what it was. The readings that it was made of stay.

    Raises:
        HTTPException: There is no such file.
    """
    deleted = _to_file(_require(resources, report_id))
    resources.reports.delete(actor, report_id)
    return deleted


def _require(resources: WorkflowResources, report_id: UUID) -> Row:
    row = resources.reports.read(report_id)
    if row is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"There is no report {report_id}.")
    return row


def _to_file(row: Row) -> ReportFile:
    file: ReportFile = ReportFile.of_row(row)
    return file
