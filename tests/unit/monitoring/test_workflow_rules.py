"""Workflows that failed, and jobs that no worker runs."""

from uuid import UUID

import pytest

from monitoring.model import FailedWorkflow, UnclaimedJobs, Workflows
from monitoring.problems import ProblemKind
from tests.unit.monitoring.observations import keys, observation, only_problem_after, problems_after
from tests.unit.monitoring.samples import ago

WORKFLOW_ID = UUID("0199a3f0-0000-4000-8000-000000000001")


def failed(schedule: str | None = None, error: str | None = "401 from the source") -> FailedWorkflow:
    return FailedWorkflow(
        workflow_id=WORKFLOW_ID, kind="rest", schedule=schedule, ended_at=ago(300), error=error
    )


def found(*failed: FailedWorkflow, unclaimed: tuple[UnclaimedJobs, ...] = ()) -> Workflows:
    return Workflows(failed=list(failed), unclaimed=list(unclaimed))


def test_without_workflows_there_is_no_problem() -> None:
    assert problems_after(observation(workflows=found())) == []
    assert problems_after(observation(workflows=None)) == []


def test_a_failed_workflow_is_a_problem_since_it_failed() -> None:
    problem = only_problem_after(observation(workflows=found(failed())))

    assert (problem.kind, problem.subject, problem.started_at) == (
        ProblemKind.WORKFLOW_FAILED, str(WORKFLOW_ID), ago(300),
    )  # fmt: skip
    assert problem.message == f"The workflow {WORKFLOW_ID} (rest) failed: 401 from the source."
    assert f"`sensorctl workflow retry {WORKFLOW_ID}`" in problem.hint


def test_the_failures_of_a_schedule_are_one_problem_that_names_it() -> None:
    problem = only_problem_after(observation(workflows=found(failed("nightly", error=None))))

    assert problem.subject == "nightly"
    assert problem.message == (
        f"The workflow {WORKFLOW_ID} (rest of the schedule nightly) failed: no error was recorded."
    )


def test_an_error_from_elsewhere_is_escaped_and_shortened() -> None:
    problem = only_problem_after(observation(workflows=found(failed(error="\x1b[31m" + "x" * 10_000))))

    assert "\\x1b[31mxx" in problem.message
    assert len(problem.message) < 500


def test_jobs_without_a_worker_are_a_problem_since_they_are_ready() -> None:
    jobs = UnclaimedJobs(kind="rest", jobs=3, ready_since=ago(90))

    problem = only_problem_after(observation(workflows=found(unclaimed=(jobs,))))

    assert (problem.kind, problem.subject, problem.started_at) == (ProblemKind.NO_WORKER, "rest", ago(90))
    assert problem.message == (
        "3 jobs of the kind rest are ready, and no worker for it was seen in the last 60 s."
    )


@pytest.mark.parametrize(
    ("kind", "hint"),
    [
        ("rest", "Start a worker (COMPOSE_PROFILES=workflows in .env, then `make up`); "),
        ("report", "Start a reporter (COMPOSE_PROFILES=reports in .env, then `make up`); "),
        ("of-another-version", "Start a worker "),
    ],
)
def test_the_hint_names_the_service_that_runs_the_jobs(kind: str, hint: str) -> None:
    jobs = UnclaimedJobs(kind=kind, jobs=1, ready_since=ago(90))
    problem = only_problem_after(observation(workflows=found(unclaimed=(jobs,))))
    assert problem.hint.startswith(hint)
    assert ("REPORTER_KINDS" in problem.hint) == (kind == "report")


def test_the_cause_comes_before_the_consequence() -> None:
    jobs = UnclaimedJobs(kind="rest", jobs=1, ready_since=ago(90))

    problems = problems_after(observation(workflows=found(failed(), unclaimed=(jobs,))))

    assert keys(problems) == [
        (ProblemKind.NO_WORKER, "rest"), (ProblemKind.WORKFLOW_FAILED, str(WORKFLOW_ID)),
    ]  # fmt: skip
