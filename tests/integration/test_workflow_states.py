"""The states of workflows and jobs, as requests and workers change them."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from jobs.states import Instruction
from tests.database import Database, Roles
from tests.integration.workflow_rows import Workflows


@pytest.fixture
def workflows(database: Database, roles: Roles) -> Iterator[Workflows]:
    with closing(Workflows(database, roles)) as workflows:
        yield workflows


def test_a_job_is_claimed_saved_and_finished(workflows: Workflows) -> None:
    # given
    workflow = workflows.request()
    assert (workflows.state(workflow), workflows.job_states(workflow)) == ("ready", ["ready"])
    # when
    job = workflows.claim()
    assert (workflows.state(workflow), workflows.job_states(workflow)) == ("running", ["running"])
    assert workflows.store.renew(job.job_id, job.attempt, 30) is Instruction.RUN
    answer = workflows.store.save(job.job_id, job.attempt, {"at": 5}, done=5, total=10, counts={"a": 1})
    assert answer is Instruction.RUN
    # then
    assert workflows.store.finish(job.job_id, job.attempt, counts={"a": 2}, message="done")
    assert workflows.state(workflow) == "succeeded"
    [row] = workflows.queries.jobs(workflow, 10)
    assert (row["state"], row["done"], row["total"], row["counts"]) == ("succeeded", 5, 10, {"a": 2})
    assert row["lease_owner"] is None
    assert workflows.events(workflow) == ["requested", "running", "succeeded"]
    assert workflows.events(workflow, job.job_id) == ["ready", "claimed", "succeeded"]
    # and the repetition of a call whose answer was lost succeeds
    assert workflows.store.finish(job.job_id, job.attempt)
    workflows.claim_none()


def test_a_workflow_with_a_failed_job_has_failed(workflows: Workflows) -> None:
    workflow = workflows.request(2, max_failures=2)
    job = workflows.claim()
    assert workflows.store.fail(job.job_id, job.attempt, "not now", may_retry=True, retry_after=0)
    again = workflows.claim()
    assert workflows.store.finish(again.job_id, again.attempt)
    last = workflows.claim()
    assert workflows.store.fail(last.job_id, last.attempt, "never", may_retry=False)
    assert workflows.state(workflow) == "failed"


def test_cancel(workflows: Workflows) -> None:
    workflow = workflows.request(3, max_running=1)
    job = workflows.claim()
    workflows.requests.pause("test", workflow)
    assert workflows.state(workflow) == "running"
    assert workflows.store.renew(job.job_id, job.attempt, 30) is Instruction.PAUSE
    assert workflows.store.release(job.job_id, job.attempt, "pause")
    assert workflows.state(workflow) == "paused"
    assert workflows.job_states(workflow) == ["paused", "pending", "pending"]
    workflows.requests.resume("test", workflow)
    assert workflows.job_states(workflow) == ["ready", "pending", "pending"]
    job = workflows.claim()
    workflows.requests.cancel("test", workflow)
    assert workflows.job_states(workflow) == ["cancelling", "cancelled", "cancelled"]
    workflows.expire(job.job_id)
    workflows.claim_none()
    assert workflows.state(workflow) == "cancelled"
    assert not workflows.store.finish(job.job_id, job.attempt)
    workflows.requests.retry("test", workflow)
    assert workflows.job_states(workflow) == ["ready", "pending", "pending"]
