"""The requests and responses of workflows."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from db.queries.statements import Row
from jobs.states import State
from runtime.text_fields import Text

MAX_RUNNING = 1_000


class Model(BaseModel):
    """Immutable, and without unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def of_row(cls, row: Row, **values: Any) -> "Any":
        """Return the model of a row, of whose columns it has some."""
        return cls(**{name: value for name, value in row.items() if name in cls.model_fields} | values)


class WorkflowRequest(Model):
    """A workflow to request."""

    kind: Annotated[Text, Field(max_length=100, description="Kind of the workflow, such as dummy or rest")]
    spec: Annotated[dict[str, Any], Field(description="What it is to do, as its kind defines it")] = {}
    max_running: Annotated[
        int | None, Field(ge=1, le=MAX_RUNNING, description="How many of its jobs may run at once; null: all")
    ] = None


class Requested(Model):
    """A workflow that was requested, now or before with the same Idempotency-Key."""

    workflow_id: UUID
    created: Annotated[bool, Field(description="Whether this request created it")]


class Job(Model):
    """A part of a workflow, which one worker executes at a time."""

    job_id: UUID
    kind: str
    position: int
    spec: dict[str, Any]
    state: State
    attempt: Annotated[int, Field(description="How often it was claimed")]
    failures: int
    max_failures: int
    available_at: Annotated[datetime, Field(description="From when on a ready job may be claimed")]
    lease_owner: Annotated[str | None, Field(description="The worker that executes it")]
    lease_ends_at: datetime | None
    done: Annotated[int, Field(description="How much is done, in units of its kind")]
    total: Annotated[int | None, Field(description="How much there is to do; null: unknown")]
    counts: dict[str, Any]
    message: Annotated[str | None, Field(description="What it reported last")]
    question: Annotated[
        dict[str, Any] | None,
        Field(description="What it asks, with the options of an answer, for which it is paused"),
    ]
    error: Annotated[str | None, Field(description="Why its last attempt failed")]
    started_at: datetime | None
    ended_at: datetime | None


class Answer(Model):
    """The answer to the question of a workflow: an option of the question, options by name, or both."""

    option: Annotated[int | None, Field(ge=1, description="The number of an option of the question")] = None
    options: Annotated[dict[str, Any], Field(description="Options by name")] = {}


class WorkflowSummary(Model):
    """A workflow with sums over its jobs."""

    workflow_id: UUID
    kind: str
    spec: dict[str, Any]
    state: State
    desired_state: str
    requested_by: str
    requested_at: datetime
    schedule: Annotated[str | None, Field(description="The schedule that requested it")]
    scheduled_for: datetime | None
    rerun_of: UUID | None
    max_running: int | None
    started_at: datetime | None
    ended_at: datetime | None
    error: str | None
    jobs_by_state: Annotated[dict[State, int], Field(description="Number of its jobs in each state")]
    done: Annotated[int, Field(description="The sum over its jobs")]
    total: Annotated[int | None, Field(description="The sum over its jobs; null while one is unknown")]
    max_attempt: Annotated[int, Field(description="The largest number of attempts of a job")]


class Workflow(WorkflowSummary):
    """A workflow with its jobs."""

    jobs: Annotated[list[Job], Field(description="In their order, from the requested position on")]


class WorkflowList(Model):
    """The newest workflows, the newest first."""

    workflows: list[WorkflowSummary]
    next_cursor: Annotated[UUID | None, Field(description="The cursor of those before; null: there are none")]


class Event(Model):
    """Something that happened to a workflow or to one of its jobs."""

    event_id: int
    workflow_id: UUID
    job_id: Annotated[UUID | None, Field(description="Null for an event of the whole workflow")]
    at: datetime
    event: str
    state: Annotated[State | None, Field(description="The state from then on; null: it did not change")]
    attempt: int | None
    actor: Annotated[str, Field(description="Who caused it: as in the audit, worker:NAME or schedule:NAME")]
    detail: dict[str, Any]


class EventList(Model):
    """What happened to a workflow, oldest first."""

    events: list[Event]


class Worker(Model):
    """A worker that was seen within a day."""

    name: str
    kinds: Annotated[list[str], Field(description="The kinds of jobs that it executes")]
    version: str
    started_at: datetime
    seen_at: datetime
    seconds_since_seen: Annotated[float, Field(description="By the clock of the database")]
    jobs: Annotated[list[UUID], Field(description="The jobs that it executes")]


class WorkerList(Model):
    """The workers, by name."""

    workers: list[Worker]
