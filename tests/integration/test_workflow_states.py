"""The states of workflows and jobs, as requests and workers change them."""

from contextlib import closing

import pytest

from db.errors import StoreUnavailable
from db.settings import DatabaseSettings
from db.workflows import worker_store
from jobs.states import Instruction
from runtime.errors import InvalidInput
from runtime.settings import load
from tests.database import Database
from tests.integration.workflow_rows import Workflows
from tests.proxy import Proxy


def test_a_job_is_claimed_saved_and_finished(workflows: Workflows) -> None:
    # given
    workflow = workflows.request()
    assert (workflows.state(workflow), workflows.job_states(workflow)) == ("ready", ["ready"])
    # when
    job = workflows.claim()
    assert (workflows.state(workflow), workflows.job_states(workflow)) == ("running", ["running"])
    assert (job.attempt, job.checkpoint, job.spec) == (1, None, {"number": 0})
    assert workflows.store.renew(job.job_id, 1, 30) is Instruction.RUN
    saved = workflows.store.save(job.job_id, 1, {"at": 5}, done=5, total=10, counts={"a": 1})
    assert saved is Instruction.RUN
    assert workflows.store.finish(job.job_id, 1, counts={"a": 2}, message="done")
    # then
    assert workflows.state(workflow) == "succeeded"
    row = workflows.job(workflow)
    assert (row["state"], row["done"], row["total"], row["counts"]) == ("succeeded", 5, 10, {"a": 2})
    assert row["lease_owner"] is row["error"] is None
    assert workflows.events(workflow) == ["requested", "running", "succeeded"]
    assert workflows.events(workflow, job.job_id) == ["ready", "claimed", "succeeded"]
    # and a worker that lost the answer may repeat the call
    assert workflows.store.finish(job.job_id, 1)
    workflows.claim_none()


def test_what_a_job_quotes_is_stored_whatever_characters_it_has(workflows: Workflows) -> None:
    workflow = workflows.request()
    job = workflows.claim()
    question = {"question": "a\0?", "options": [{"label": "\udcff", "options": {"sensors": ["a\0"]}}]}

    assert workflows.store.save(job.job_id, 1, None, done=1, message="at a\0") is Instruction.RUN
    assert workflows.job(workflow)["message"] == r"at a\x00"
    assert workflows.store.ask(job.job_id, 1, question)
    assert workflows.job(workflow)["question"] == {
        "question": r"a\x00?",
        "options": [{"label": r"\udcff", "options": {"sensors": [r"a\x00"]}}],
    }


def test_an_error_is_stored_whatever_characters_it_has(workflows: Workflows) -> None:
    workflow = workflows.request()
    job = workflows.claim()

    assert workflows.store.fail(job.job_id, 1, "a\0\udcff", may_retry=False)
    assert workflows.job(workflow)["error"] == r"a\x00\udcff"


def test_jobs_start_in_order_and_in_their_places(workflows: Workflows) -> None:
    workflow = workflows.request(4, max_running=2)
    assert workflows.job_states(workflow) == ["ready", "ready", "pending", "pending"]

    first, second = workflows.claim(), workflows.claim()
    workflows.claim_none()
    workflows.store.finish(second.job_id, 1)

    assert [first.spec, second.spec, workflows.claim().spec] == [{"number": n} for n in range(3)]
    assert workflows.job_states(workflow) == ["running", "succeeded", "running", "pending"]


def test_jobs_of_other_kinds_stay_for_other_workers(workflows: Workflows) -> None:
    workflows.request()

    assert workflows.store.claim("one", ["rest", "live"], 30) is None
    assert workflows.store.claim("one", ["rest", "dummy"], 30) is not None


def test_a_failure_is_retried_after_a_delay_until_there_were_too_many(workflows: Workflows) -> None:
    workflow = workflows.request(max_failures=2)
    job = workflows.claim()
    workflows.store.save(job.job_id, 1, {"at": 1}, done=1)

    assert workflows.store.fail(job.job_id, 1, "unavailable", may_retry=True)
    workflows.claim_none()
    workflows.make_available()
    again = workflows.claim()
    assert (again.attempt, again.checkpoint, again.done) == (2, {"at": 1}, 1)
    assert workflows.state(workflow) == "running"
    assert workflows.store.fail(job.job_id, 2, "gone", may_retry=True)

    assert (workflows.state(workflow), workflows.job_states(workflow)) == ("failed", ["failed"])
    row = workflows.queries.read(workflow)
    assert row is not None
    assert row["error"] == "gone"
    assert workflows.events(workflow, job.job_id) == ["ready", "claimed", "failure", "claimed", "failure"]


def test_a_delay_that_the_source_requires_is_kept(workflows: Workflows) -> None:
    workflow = workflows.request()
    job = workflows.claim()

    workflows.store.fail(job.job_id, 1, "too many requests", may_retry=True, retry_after=3600)

    [seconds] = workflows.database.query(
        "SELECT extract(epoch FROM available_at - clock_timestamp()) AS seconds FROM job"
    )[0].values()
    assert 3500 < seconds <= 3600
    assert workflows.job(workflow)["failures"] == 1


def test_a_failure_that_may_not_be_retried_ends_the_job(workflows: Workflows) -> None:
    workflow = workflows.request(2)
    job = workflows.claim()

    workflows.store.fail(job.job_id, 1, "refused", may_retry=False)

    assert (workflows.state(workflow), workflows.job_states(workflow)) == ("running", ["failed", "ready"])
    workflows.store.finish(workflows.claim().job_id, 1)
    assert workflows.state(workflow) == "failed"


def test_a_lost_worker_writes_nothing_more(workflows: Workflows) -> None:
    workflow = workflows.request()
    job = workflows.claim("lost")
    workflows.store.save(job.job_id, 1, {"at": 1}, done=1)
    workflows.expire(job.job_id)

    again = workflows.claim("another")

    assert (again.job_id, again.attempt, again.checkpoint) == (job.job_id, 2, {"at": 1})
    assert workflows.store.renew(job.job_id, 1, 30) is None
    assert workflows.store.save(job.job_id, 1, {"at": 9}, done=9) is None
    assert not workflows.store.fail(job.job_id, 1, "x", may_retry=False)
    assert not workflows.store.release(job.job_id, 1, "shutdown")
    assert not workflows.store.finish(job.job_id, 1)
    row = workflows.job(workflow)
    assert (row["state"], row["checkpoint"], row["failures"]) == ("running", {"at": 1}, 0)
    assert workflows.events(workflow, job.job_id) == ["ready", "claimed", "worker-lost", "claimed"]


def test_an_expired_lease_is_renewed_as_long_as_no_other_worker_has_it(workflows: Workflows) -> None:
    workflows.request()
    job = workflows.claim()
    workflows.expire(job.job_id)

    assert workflows.store.renew(job.job_id, 1, 30) is Instruction.RUN

    workflows.claim_none("another")


def test_losses_count_as_failures_from_the_fifth_on(workflows: Workflows) -> None:
    # given a job that ends its worker, which is saved once in between
    workflow = workflows.request(max_failures=2)
    for attempt in range(1, 5):
        job = workflows.claim()
        if attempt == 1:
            workflows.store.save(job.job_id, attempt, {}, done=0)
        workflows.expire(job.job_id)
    # when
    for failures in (0, 1):
        job = workflows.claim()
        assert workflows.job(workflow)["failures"] == failures
        workflows.expire(job.job_id)
    workflows.claim_none()
    # then
    row = workflows.job(workflow)
    assert (workflows.state(workflow), row["losses"]) == ("failed", 6)
    assert row["error"] == "The worker was lost 6 times without a checkpoint in between."


def test_the_end_of_a_worker_is_no_failure(workflows: Workflows) -> None:
    workflow = workflows.request()
    job = workflows.claim()

    assert workflows.store.release(job.job_id, 1, "shutdown")

    assert (workflows.state(workflow), workflows.job_states(workflow)) == ("running", ["ready"])
    assert workflows.claim().attempt == 2
    assert workflows.job(workflow)["failures"] == 0


def test_a_release_for_an_unknown_reason_is_refused(workflows: Workflows) -> None:
    workflows.request()
    job = workflows.claim()

    with pytest.raises(InvalidInput, match="because of shutdown, pause or cancel, not lunch"):
        workflows.store.release(job.job_id, 1, "lunch")


def test_a_database_that_neither_answers_nor_closes_the_connection_counts_as_unavailable(
    database: Database, database_proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_store, "SOCKET_TIMEOUT_SECONDS", 0.2)
    settings = load(DatabaseSettings, database_url=database.url_through(database_proxy))
    with closing(worker_store.WorkerStore(settings)) as store:
        store.report("one", ["dummy"], "0.1.0")
        database_proxy.black_hole()
        with pytest.raises(StoreUnavailable):
            store.claim("one", ["dummy"], 30)
        database_proxy.forward()
        assert store.claim("one", ["dummy"], 30) is None
