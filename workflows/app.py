"""The service for workflows as a web application: its API."""

from collections.abc import Sequence

from fastapi import FastAPI

from runtime.health import Health
from web.app import create_app
from web.auth import Authenticator
from workflow_api.resources import WorkflowResources
from workflow_api.router import add_workflow_api


def create_workflows_app(
    resources: WorkflowResources, *, auth: Authenticator, health: Health, hosts: Sequence[str]
) -> FastAPI:
    """Create the application. `hosts` are the names under which a client may request it."""
    app = create_app(
        title="Workflows",
        description="Workflows, schedules and sources. `x-role` names the role that an operation requires.",
        hosts=hosts,
        auth=auth,
        health=health,
    )
    add_workflow_api(app, resources)
    return app
