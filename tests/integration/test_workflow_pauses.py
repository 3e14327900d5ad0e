"""Workflows that are paused, continued, cancelled and retried."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from jobs.states import Instruction
from runtime.errors import InvalidInput
from tests.integration.workflow_rows import Workflows


def test_a_paused_workflow_continues_where_it_was(workflows: Workflows) -> None:
    # given
    workflow = workflows.request(3, max_running=2)
    job = workflows.claim()
    # when
    workflows.requests.pause("test", workflow)
    assert (workflows.state(workflow), workflows.job_states(workflow)) == (
        "running", ["running", "paused", "pending"]
    )  # fmt: skip
    assert workflows.store.save(job.job_id, 1, {"at": 1}, done=1) is Instruction.PAUSE
    assert workflows.store.release(job.job_id, 1, "pause")
    # then
    assert workflows.state(workflow) == "paused"
    assert workflows.job_states(workflow) == ["paused", "paused", "pending"]
    workflows.claim_none()
    # when
    workflows.requests.resume("test", workflow)
    # then
    assert (workflows.state(workflow), workflows.job_states(workflow)) == (
        "running", ["ready", "ready", "pending"]
    )  # fmt: skip
    assert workflows.claim().checkpoint == {"at": 1}
    assert workflows.claim().spec == {"number": 1}


def test_a_paused_workflow_that_has_not_started_is_ready_again(workflows: Workflows) -> None:
    workflow = workflows.request()
    assert workflows.requests.pause("test", workflow)["state"] == "paused"
    assert workflows.requests.resume("test", workflow)["state"] == "ready"
    assert workflows.events(workflow) == ["requested", "pause", "paused", "resume", "ready"]


def test_a_pause_reaches_jobs_whose_worker_is_lost(workflows: Workflows) -> None:
    before, after = workflows.request(), workflows.request()
    lost_before, lost_after = workflows.claim(), workflows.claim()
    workflows.expire(lost_before.job_id)
    assert workflows.requests.pause("test", before)["state"] == "paused"
    assert workflows.requests.pause("test", after)["state"] == "running"
    workflows.expire(lost_after.job_id)

    workflows.claim_none()

    assert [workflows.state(workflow) for workflow in (before, after)] == ["paused", "paused"]
    assert not workflows.store.finish(lost_before.job_id, 1)


def test_work_that_is_finished_during_a_pause_or_a_cancellation_has_succeeded(workflows: Workflows) -> None:
    paused, cancelled = workflows.request(), workflows.request()
    first, second = workflows.claim(), workflows.claim()
    workflows.requests.pause("test", paused)
    workflows.requests.cancel("test", cancelled)

    assert workflows.store.finish(first.job_id, 1)
    assert workflows.store.finish(second.job_id, 1)

    assert [workflows.state(workflow) for workflow in (paused, cancelled)] == ["succeeded", "succeeded"]


def test_a_cancelled_workflow_ends_when_its_workers_stop(workflows: Workflows) -> None:
    workflow = workflows.request(4, max_running=3)
    released, failed = workflows.claim(), workflows.claim()

    cancelled = workflows.requests.cancel("test", workflow)

    assert cancelled["state"] == "cancelling"
    assert workflows.job_states(workflow) == ["cancelling", "cancelling", "cancelled", "cancelled"]
    assert workflows.store.renew(released.job_id, 1, 30) is Instruction.CANCEL
    assert workflows.store.release(released.job_id, 1, "cancel")
    assert workflows.state(workflow) == "cancelling"
    assert workflows.store.fail(failed.job_id, 1, "too late", may_retry=True)
    assert workflows.state(workflow) == "cancelled"
    assert set(workflows.job_states(workflow)) == {"cancelled"}


def test_a_cancellation_reaches_jobs_whose_worker_is_lost(workflows: Workflows) -> None:
    before, after = workflows.request(), workflows.request()
    lost_before, lost_after = workflows.claim(), workflows.claim()
    workflows.expire(lost_before.job_id)
    assert workflows.requests.cancel("test", before)["state"] == "cancelled"
    assert workflows.requests.cancel("test", after)["state"] == "cancelling"
    workflows.expire(lost_after.job_id)

    assert workflows.store.claim("another", ["another kind"], 30) is None

    assert workflows.state(after) == "cancelled"
    assert not workflows.store.finish(lost_after.job_id, 1)


@pytest.mark.parametrize("reason", ["shutdown", "pause", "cancel"])
def test_a_released_job_becomes_what_is_desired_by_then(workflows: Workflows, reason: str) -> None:
    ids = [workflows.request() for _ in range(3)]
    jobs = [workflows.claim() for _ in ids]
    workflows.requests.pause("test", ids[1])
    workflows.requests.cancel("test", ids[2])

    assert [workflows.store.release(job.job_id, 1, reason) for job in jobs] == [True] * 3

    assert [workflows.job(workflow)["state"] for workflow in ids] == ["ready", "paused", "cancelled"]


def test_a_job_that_fails_during_a_pause_is_paused(workflows: Workflows) -> None:
    workflow = workflows.request()
    job = workflows.claim()
    workflows.requests.pause("test", workflow)

    workflows.store.fail(job.job_id, 1, "unavailable", may_retry=True)

    assert (workflows.state(workflow), workflows.job_states(workflow)) == ("paused", ["paused"])


def test_a_retry_continues_what_failed_or_was_cancelled_from_its_checkpoint(workflows: Workflows) -> None:
    # given a workflow with a job of each end
    workflow = workflows.request(3, max_failures=1, max_running=1)
    workflows.store.finish(workflows.claim().job_id, 1)
    failed = workflows.claim()
    workflows.store.save(failed.job_id, 1, {"at": 1}, done=1)
    workflows.store.fail(failed.job_id, 1, "x", may_retry=True)
    workflows.requests.cancel("test", workflow)
    assert workflows.job_states(workflow) == ["succeeded", "failed", "cancelled"]
    assert workflows.state(workflow) == "cancelled"
    # when
    retried = workflows.requests.retry("test", workflow)
    # then
    assert (retried["state"], retried["ended_at"], retried["error"]) == ("running", None, None)
    assert workflows.job_states(workflow) == ["succeeded", "ready", "pending"]
    again = workflows.claim()
    assert (again.attempt, again.checkpoint) == (2, {"at": 1})
    assert workflows.store.finish(again.job_id, 2)
    assert workflows.store.finish(workflows.claim().job_id, 1)
    assert workflows.state(workflow) == "succeeded"


@pytest.mark.parametrize("change", ["pause", "cancel", "resume"])
def test_a_repeated_change_changes_nothing(workflows: Workflows, change: str) -> None:
    workflow = workflows.request()
    call = getattr(workflows.requests, change)
    first = call("test", workflow)
    events = workflows.queries.events(workflow, 100)

    assert call("another", workflow) == first
    assert workflows.queries.events(workflow, 100) == events


def reach(workflows: Workflows, state: str) -> UUID:
    """Request a workflow, and bring it into a state."""
    workflow = workflows.request()
    if state == "ready":
        return workflow
    job = workflows.claim()
    ends: dict[str, Callable[[], object]] = {
        "running": lambda: None,
        "succeeded": lambda: workflows.store.finish(job.job_id, 1),
        "failed": lambda: workflows.store.fail(job.job_id, 1, "x", may_retry=False),
        "cancelling": lambda: workflows.requests.cancel("test", workflow),
    }
    ends[state]()
    assert workflows.state(workflow) == state
    return workflow


@pytest.mark.parametrize(
    ("state", "change", "message"),
    [
        ("succeeded", "cancel", "Workflow {} has ended already (succeeded): there is nothing to cancel."),
        ("failed", "cancel", "Workflow {} has ended already (failed): there is nothing to cancel."),
        ("succeeded", "pause", "Workflow {} is succeeded: it cannot be paused."),
        ("cancelling", "pause", "Workflow {} is cancelling: it cannot be paused."),
        (
            "cancelling", "resume",
            "Workflow {} is cancelling: it cannot be resumed. Retry it once it is cancelled.",
        ),
        ("failed", "resume", "Workflow {} is failed: it cannot be resumed. Retry it."),
        (
            "succeeded", "resume",
            "Workflow {} is succeeded: it cannot be resumed. Run it again as a new workflow: rerun.",
        ),
        *(
            (
                state, "retry",
                (
                    f"Workflow {{}} is {state}: only failed and cancelled workflows can be retried. "
                    "Rerun it as a new workflow."
                ),
            )
            for state in ("ready", "running", "succeeded", "cancelling")
        ),
    ],
)  # fmt: skip
def test_what_makes_no_sense_in_a_state_is_refused(
    workflows: Workflows, state: str, change: str, message: str
) -> None:
    workflow = reach(workflows, state)

    with pytest.raises(InvalidInput) as refusal:
        getattr(workflows.requests, change)("test", workflow)

    assert refusal.value.field == "state"
    assert refusal.value.message == message.format(workflow)
    assert workflows.state(workflow) == state


@pytest.mark.parametrize("change", ["cancel", "pause", "resume", "retry"])
def test_a_change_of_an_unknown_workflow_is_refused(workflows: Workflows, change: str) -> None:
    unknown = uuid4()

    with pytest.raises(InvalidInput, match="There is no workflow") as refusal:
        getattr(workflows.requests, change)("test", unknown)

    assert refusal.value.field == "workflow_id"
