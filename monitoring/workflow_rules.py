"""The rules that find workflows that failed, and jobs that no worker runs."""

from collections.abc import Iterator

from jobs.kinds import service_of
from monitoring.model import FailedWorkflow, Problem, UnclaimedJobs
from monitoring.observation import Observation
from monitoring.problems import ProblemKind
from monitoring.thresholds import NO_WORKER_AGE
from runtime.services import SERVICES
from runtime.text import escape_unprintable, quantity

MAX_ERROR_CHARACTERS = 300


def workflow_problems(observation: Observation) -> Iterator[Problem]:
    """Find workflows that failed and were not run again, and jobs that no worker runs."""
    if observation.workflows is None:
        return
    for jobs in observation.workflows.unclaimed:
        yield _no_worker(jobs)
    for workflow in observation.workflows.failed:
        yield _failed(workflow)


def _no_worker(jobs: UnclaimedJobs) -> Problem:
    kind = escape_unprintable(jobs.kind)
    service = next(service for service in SERVICES if service.module == service_of(jobs.kind))
    profile, variable = service.profiles[0], f"{service.module.upper()}_KINDS"
    are = "is" if jobs.jobs == 1 else "are"
    return Problem(
        kind=ProblemKind.NO_WORKER,
        subject=kind,
        started_at=jobs.ready_since,
        message=f"{quantity(jobs.jobs, 'job')} of the kind {kind} {are} ready, and no worker for it was seen "
        f"in the last {NO_WORKER_AGE.total_seconds():.0f} s.",
        hint=f"Start a {service.module} (COMPOSE_PROFILES={profile} in .env, then `make up`); if one runs, "
        f"its log says what it waits for, and its variable {variable} must contain this kind or be empty.",
    )


def _failed(workflow: FailedWorkflow) -> Problem:
    name = f"{workflow.kind} of the schedule {workflow.schedule}" if workflow.schedule else workflow.kind
    error = (workflow.error or "no error was recorded")[:MAX_ERROR_CHARACTERS].rstrip(".")
    return Problem(
        kind=ProblemKind.WORKFLOW_FAILED,
        subject=escape_unprintable(workflow.schedule or str(workflow.workflow_id)),
        started_at=workflow.ended_at,
        message=escape_unprintable(f"The workflow {workflow.workflow_id} ({name}) failed: {error}."),
        hint=f"`sensorctl workflow events {workflow.workflow_id}` shows what happened; `sensorctl workflow "
        f"retry {workflow.workflow_id}` continues its failed jobs from their checkpoints.",
    )
