"""The routes of the API of workflows."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from db.errors import InvalidData
from web.errors import error_response
from workflow_api import backfills, events, report_presets, reports, schedules, sources, workers, workflows
from workflow_api.resources import WorkflowResources


def add_workflow_api(app: FastAPI, resources: WorkflowResources) -> None:
    """Add the operations to an application, which work on these resources.

    Then every operation of the application refuses what the database refuses as data.
    """
    app.state.workflows = resources
    app.add_exception_handler(InvalidData, _refuse_invalid_data)
    for module in (workflows, events, backfills, schedules, sources, reports, report_presets):
        app.include_router(module.router)
    app.include_router(backfills.gaps_router)
    app.include_router(workers.router)


def _refuse_invalid_data(_request: Request, error: Exception) -> JSONResponse:
    """Respond to what no column can hold, and no model has refused."""
    detail = f"The database cannot store this: {error}. Nothing was changed."
    return error_response(HTTPStatus.UNPROCESSABLE_ENTITY, detail, field=None)
