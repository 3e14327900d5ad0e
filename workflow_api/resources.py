"""What the operations of the API work on."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from threading import Event
from typing import Annotated

from fastapi import Depends, Request

from db.errors import explain_unavailable
from db.queries.statements import Statements
from db.reports.report_store import Reports
from db.settings import DatabaseSettings
from db.workflows.gaps import Gaps
from db.workflows.planning import Planner
from db.workflows.queries import WorkflowQueries
from db.workflows.requests import WorkflowRequests
from db.workflows.schedules import Schedules
from db.workflows.sources import Sources
from web.limits import Slots

NAME = "workflows"
MAX_STREAMS = 64
MAX_STREAMS_PER_ADDRESS = 32


@dataclass(frozen=True)
class WorkflowResources:
    """What the operations work on; `app.state.workflows` of the application.

    `stopped` ends the event streams.
    """

    requests: WorkflowRequests
    queries: WorkflowQueries
    planner: Planner
    schedules: Schedules
    sources: Sources
    gaps: Gaps
    reports: Reports
    streams: Slots = field(
        default_factory=lambda: Slots(
            "event streams of workflows", total=MAX_STREAMS, per_address=MAX_STREAMS_PER_ADDRESS
        )
    )
    stopped: Event = field(default_factory=Event)
    close_statements: Callable[[], None] = lambda: None

    def close(self) -> None:
        """Close the connections."""
        self.requests.close()
        self.close_statements()


def open_workflow_resources(settings: DatabaseSettings) -> WorkflowResources:
    """Return the resources, whose connections are opened on demand."""
    statements = Statements(settings, NAME)
    return WorkflowResources(
        WorkflowRequests(settings),
        WorkflowQueries(statements),
        Planner(statements),
        Schedules(statements),
        Sources(statements),
        Gaps(statements),
        Reports(statements, settings),
        close_statements=statements.close,
    )


def get_resources(request: Request) -> WorkflowResources:
    """Return the application's resources for workflows."""
    resources: WorkflowResources = request.app.state.workflows
    return resources


Shared = Annotated[WorkflowResources, Depends(get_resources)]


def repeatable() -> AbstractContextManager[None]:
    """Say what a failure of the database means for the request in the block.

    Raises:
        OutcomeUnknown: The database may have done it.
        ServiceUnavailable: The database did not answer.
    """
    return explain_unavailable(
        "Send the request again; with an Idempotency-Key it is done once even if this one was."
    )
