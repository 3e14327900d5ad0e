"""How far jobs and workflows are, how fast, and when they will be done."""

from datetime import timedelta

from sensorctl.workflows.progress import (
    Progress,
    describe_jobs,
    describe_progress,
    job_progress,
    workflow_progress,
)
from tests.unit.sensorctl.workflows.rows import AT, job, workflow


def test_a_running_job_has_a_rate_and_a_time_to_go() -> None:
    progress = job_progress(job(done=40, total=100), AT + timedelta(seconds=4))

    assert progress == Progress(40, 100, 10.0)
    assert progress.remaining == timedelta(seconds=6)
    assert describe_progress(progress) == "40 of 100 (40 %), 10/s, 6 s to go"


def test_an_ended_job_has_the_rate_of_all_of_its_time_and_nothing_to_go() -> None:
    ended = job(state="failed", done=40, total=100, ended_at=AT + timedelta(seconds=80))

    progress = job_progress(ended, AT + timedelta(days=1))

    assert describe_progress(progress, has_ended=True) == "40 of 100 (40 %), 0.5/s"


def test_a_job_that_has_not_started_has_no_progress() -> None:
    progress = job_progress(job(done=0, total=None, started_at=None), AT)

    assert describe_progress(progress) == ""


def test_a_total_that_is_unknown_leaves_what_is_done() -> None:
    progress = job_progress(job(done=1234567, total=None), AT + timedelta(seconds=1000))

    assert describe_progress(progress) == "1,234,567, 1,235/s"


def test_an_empty_total_is_no_division_by_zero() -> None:
    assert describe_progress(Progress(0, 0)) == "0 of 0"


def test_a_rate_of_nearly_zero_has_no_time_to_go() -> None:
    assert Progress(1, 10**18, 1e-9).remaining is None


def test_a_workflow_is_the_sum_of_its_jobs() -> None:
    assert workflow_progress(workflow(done=47, total=107)) == Progress(47, 107)


def test_jobs_are_counted_by_state() -> None:
    text = describe_jobs(workflow(jobs_by_state={"succeeded": 2, "running": 1, "pending": 2}))

    assert text == "2 of 5 jobs succeeded, 2 pending, 1 running"
