"""The kinds of workflows: the spec of each, and the jobs that it consists of."""

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, Field, ValidationError

from jobs.backfills import BackfillSpec, RestSpec
from jobs.files import FILE, FILES, MAX_FILE_FAILURES, FileSpec, FilesSpec
from jobs.gaps import GapsSpec
from jobs.reports import REPORT, ReportSpec
from jobs.spec import MAX_FAILURES, JobSpec, Spec
from runtime.errors import InvalidInput
from runtime.text import quote_name
from runtime.text_fields import Text
from runtime.validation_messages import validation_message

DAY_SECONDS = 86_400.0
# A live job runs for months. It counts no lost connection as a failure, but a broker that refuses it is one.
MAX_LIVE_FAILURES = 100
# The services that run jobs.
WORKER, REPORTER = "worker", "reporter"
DUMMY, REST, LIVE, SOURCE_TEST, BACKFILL, GAPS = "dummy", "rest", "live", "source-test", "backfill", "gaps"


Steps = Annotated[int | None, Field(ge=0, le=1_000_000)]


class DummySpec(Spec):
    """What a simulated job does; the numbers of steps count from the start of each attempt."""

    seconds: float = Field(default=5.0, ge=0, le=DAY_SECONDS, description="How long all of its steps take")
    steps: int = Field(default=10, ge=1, le=1_000_000, description="Steps, with a checkpoint after each")
    fail_after: Steps = Field(default=None, description="Fail after so many steps")
    exit_after: Steps = Field(default=None, description="End the process after so many steps")
    hang_after: Steps = Field(default=None, description="Make no progress after so many steps")


class LiveSpec(Spec):
    """The live values of a source, until the workflow is paused or cancelled."""

    source: Text = Field(min_length=1, max_length=100, description="Name of the source")
    seconds: float | None = Field(default=None, gt=0, description="End after that long; null: never")


class SourceSpec(Spec):
    """A job that works on a source."""

    source: Text = Field(min_length=1, max_length=100, description="The name of the source")


class WorkflowKind(NamedTuple):
    """The spec of a kind of workflow, and whether it is one job of the same kind and spec.

    Otherwise its jobs depend on what was read before, which the database knows. `service` is the module of
    the service that runs it.
    """

    spec: type[BaseModel]
    max_failures: int = MAX_FAILURES
    is_one_job: bool = True
    service: str = WORKER


WORKFLOW_KINDS = {
    DUMMY: WorkflowKind(DummySpec),
    REST: WorkflowKind(RestSpec),
    LIVE: WorkflowKind(LiveSpec, MAX_LIVE_FAILURES),
    SOURCE_TEST: WorkflowKind(SourceSpec),
    REPORT: WorkflowKind(ReportSpec, service=REPORTER),
    FILE: WorkflowKind(FileSpec, MAX_FILE_FAILURES, service=REPORTER),
    FILES: WorkflowKind(FilesSpec, service=REPORTER),
    BACKFILL: WorkflowKind(BackfillSpec, is_one_job=False),
    GAPS: WorkflowKind(GapsSpec, is_one_job=False),
}
# Those of jobs. Each has a queue for its tickets.
JOB_KINDS = tuple(kind for kind, definition in WORKFLOW_KINDS.items() if definition.is_one_job)


def service_of(kind: str) -> str:
    """Return the module of the service that runs the jobs of a kind."""
    return WORKFLOW_KINDS[kind].service if kind in WORKFLOW_KINDS else WORKER


def parse_spec(kind: str, spec: Mapping[str, Any]) -> BaseModel:
    """Return the checked spec of a workflow.

    Raises:
        InvalidInput: There is no such kind, or a field of the spec is refused.
    """
    if kind not in WORKFLOW_KINDS:
        known = ", ".join(WORKFLOW_KINDS)
        raise InvalidInput(f"there is no kind of workflow {quote_name(kind)}; the kinds are {known}", "kind")
    try:
        return WORKFLOW_KINDS[kind].spec.model_validate(spec)
    except ValidationError as error:
        detail: dict[str, Any] = dict(error.errors()[0])
        field = ".".join(["spec", *map(str, detail["loc"])])
        raise InvalidInput(validation_message(detail), field) from None


def dump_spec(spec: BaseModel) -> dict[str, Any]:
    """Return a spec as it is stored, with every field that has a value."""
    return spec.model_dump(mode="json", by_alias=True, exclude_none=True)


def plan_jobs(kind: str, spec: Mapping[str, Any]) -> list[JobSpec]:
    """Return the jobs of a workflow, in order.

    Raises:
        InvalidInput: There is no such kind, a field of the spec is refused, or its jobs depend on what was
            read before.
    """
    checked = dump_spec(parse_spec(kind, spec))
    if not WORKFLOW_KINDS[kind].is_one_job:
        raise InvalidInput(f"the jobs of a {kind} depend on its source: use `sensorctl {kind}`", "kind")
    return [JobSpec(kind, checked, WORKFLOW_KINDS[kind].max_failures)]
