"""The routes of the API of workflows."""

from fastapi import FastAPI

from workflow_api import backfills, events, report_presets, reports, schedules, sources, workflows
from workflow_api.resources import WorkflowResources


def add_workflow_api(app: FastAPI, resources: WorkflowResources) -> None:
    """Add the operations to an application, which work on these resources."""
    app.state.workflows = resources
    for module in (workflows, events, backfills, schedules, sources, reports, report_presets):
        app.include_router(module.router)
    app.include_router(backfills.gaps_router)
    app.include_router(workflows.workers_router)
