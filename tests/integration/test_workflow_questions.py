"""What a job asks is kept in the database, and the job waits for the answer."""

import pytest

from runtime.errors import InvalidInput
from tests.integration.workflow_rows import Workflows

QUESTION = {
    "question": "Is 02/03/2026 the second of March?",
    "options": [{"label": "day first", "options": {"time_format": "%d/%m/%Y"}}],
}
ANSWER = {"time_format": "%d/%m/%Y"}


def test_a_job_that_asks_waits_for_the_answer_which_is_added_to_its_options(workflows: Workflows) -> None:
    workflow = workflows.request(2, max_running=2)
    job = workflows.claim()
    workflows.store.save(job.job_id, 1, {"at": 1}, done=1)

    assert workflows.store.ask(job.job_id, 1, QUESTION)
    assert workflows.store.ask(job.job_id, 1, QUESTION)  # the first response was lost

    assert (workflows.state(workflow), workflows.job_states(workflow)) == ("paused", ["paused", "paused"])
    row = workflows.job(workflow)
    assert (row["question"], row["message"]) == (QUESTION, QUESTION["question"])
    workflows.claim_none()
    # when
    assert workflows.requests.answer("test", workflow, {"sensor": "hall"})["state"] == "running"
    # then
    again = workflows.claim()
    assert (again.job_id, again.attempt, again.checkpoint) == (job.job_id, 2, {"at": 1})
    assert again.spec == {"number": 0, "options": {"sensor": "hall"}}
    assert workflows.claim().spec == {"number": 1}
    assert workflows.store.ask(job.job_id, 2, QUESTION)
    workflows.requests.answer("test", workflow, ANSWER)
    assert workflows.claim().spec["options"] == {"sensor": "hall"} | ANSWER
    assert workflows.events(workflow, job.job_id) == [
        "ready", "claimed", "needs-answer", "ready", "claimed", "needs-answer", "ready", "claimed"
    ]  # fmt: skip
    assert workflows.job(workflow)["question"] is None


def test_a_job_that_asks_while_it_is_cancelled_is_cancelled(workflows: Workflows) -> None:
    workflow = workflows.request()
    job = workflows.claim()
    workflows.requests.cancel("test", workflow)

    assert workflows.store.ask(job.job_id, 1, QUESTION)

    assert (workflows.state(workflow), workflows.job_states(workflow)) == ("cancelled", ["cancelled"])
    with pytest.raises(InvalidInput, match=f"Workflow {workflow} is cancelled, and asks nothing"):
        workflows.requests.answer("test", workflow, ANSWER)


def test_a_lost_worker_asks_nothing(workflows: Workflows) -> None:
    workflow = workflows.request()
    job = workflows.claim()
    workflows.expire(job.job_id)
    workflows.claim("another")

    assert not workflows.store.ask(job.job_id, 1, QUESTION)

    assert workflows.job(workflow)["question"] is None
    with pytest.raises(InvalidInput, match="asks nothing: there is nothing to answer"):
        workflows.requests.answer("test", workflow, ANSWER)
    with pytest.raises(InvalidInput, match="an object with at least one option"):
        workflows.requests.answer("test", workflow, {})
