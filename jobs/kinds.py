"""The kinds of workflows: the spec of each, and the jobs that it consists of."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, NamedTuple

from pydantic import Field, ValidationError

from jobs.backfills import RestSpec
from jobs.spec import JobSpec, Spec
from runtime.errors import InvalidInput
from runtime.text import quote_name
from runtime.validation_messages import to_invalid_input

DAY_SECONDS = 86_400.0
# A live job runs for months. It counts no lost connection as a failure, but a broker that refuses it is one.
MAX_LIVE_FAILURES = 100


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

    source: str = Field(min_length=1, max_length=100, description="Name of the source")
    seconds: float | None = Field(default=None, gt=0, description="End after that long; null: never")


class WorkflowKind(NamedTuple):
    """The spec of a kind of workflow, and the function that plans its jobs."""

    spec: type[Spec]
    plan: Callable[[Any], list[JobSpec]]


def _single(kind: str) -> Callable[[Spec], list[JobSpec]]:
    """Return the plan of a workflow that is one job with the same spec."""
    return lambda spec: [JobSpec(kind, spec.model_dump(mode="json", by_alias=True))]


def _plan_live(spec: LiveSpec) -> list[JobSpec]:
    return [JobSpec("live", spec.model_dump(mode="json"), MAX_LIVE_FAILURES)]


WORKFLOW_KINDS: dict[str, WorkflowKind] = {
    "dummy": WorkflowKind(DummySpec, _single("dummy")),
    "live": WorkflowKind(LiveSpec, _plan_live),
    "rest": WorkflowKind(RestSpec, _single("rest")),
}
# Those of jobs. Each has a queue for its tickets.
JOB_KINDS = ("dummy", "live", "rest")


def parse_spec(kind: str, spec: Mapping[str, Any]) -> Spec:
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
        invalid = to_invalid_input(error)
        raise InvalidInput(invalid.message, f"spec.{invalid.field}") from None


def plan_jobs(kind: str, spec: Mapping[str, Any]) -> list[JobSpec]:
    """Return the jobs of a workflow, in order.

    Raises:
        InvalidInput: There is no such kind, or a field of the spec is refused.
    """
    parsed = parse_spec(kind, spec)
    return WORKFLOW_KINDS[kind].plan(parsed)
