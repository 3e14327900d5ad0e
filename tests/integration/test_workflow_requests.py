"""Requests of workflows, what is recorded of them, and the outbox of events."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier
from uuid import UUID

import psycopg
import pytest

from db.roles import AccessLevel
from db.workflows.outbox import Outbox
from db.workflows.requests import RequestOptions, WorkflowRequests
from jobs.spec import JobSpec
from runtime.errors import InvalidInput
from tests.database import Database, Roles
from tests.integration.workflow_rows import Workflows

JOBS = [JobSpec("dummy", {"seconds": 1})]


def test_a_repeated_request_has_the_first_workflow(workflows: Workflows) -> None:
    options = RequestOptions(idempotency_key="a", request_digest="1")
    first = workflows.requests.request("one", "dummy", {}, JOBS, options)

    again = workflows.requests.request("one", "dummy", {}, JOBS, options)
    of_another = workflows.requests.request("another", "dummy", {}, JOBS, options)
    without = [workflows.requests.request("one", "dummy", {}, JOBS).workflow_id for _ in range(2)]

    assert (first.created, again.created, of_another.created) == (True, False, True)
    assert again.workflow_id == first.workflow_id
    assert len({first.workflow_id, of_another.workflow_id, *without}) == 4
    assert len(workflows.queries.jobs(first.workflow_id, 10)) == 1


def test_a_key_that_was_used_for_another_request_is_refused(workflows: Workflows) -> None:
    first = workflows.requests.request(
        "one", "dummy", {}, JOBS, RequestOptions(idempotency_key="a", request_digest="1")
    )

    with pytest.raises(InvalidInput) as refusal:
        workflows.requests.request(
            "one", "dummy", {}, JOBS, RequestOptions(idempotency_key="a", request_digest="2")
        )

    assert refusal.value.field == "idempotency_key"
    assert refusal.value.message == (
        f"The idempotency key a was used for another request, workflow {first.workflow_id}: use a new key."
    )


def test_a_list_that_continues_after_an_unknown_workflow_is_refused_instead_of_being_empty(
    workflows: Workflows,
) -> None:
    only = workflows.requests.request("one", "dummy", {}, JOBS).workflow_id

    assert workflows.queries.read_all(10, before=only) == []
    with pytest.raises(InvalidInput, match=r"there is no workflow .* any more: list them from the start"):
        workflows.queries.read_all(10, before=UUID(int=1))


def test_concurrent_requests_with_one_key_have_one_workflow(
    workflows: Workflows, database: Database, roles: Roles
) -> None:
    threads, rounds = 4, 10
    barrier = Barrier(threads)

    def request(_: int) -> list[tuple[str, bool]]:
        with closing(WorkflowRequests(database.settings_as(roles[AccessLevel.MANAGER]))) as requests:
            found = []
            for number in range(rounds):
                barrier.wait()
                options = RequestOptions(idempotency_key=f"key {number}", request_digest="1")
                requested = requests.request("one", "dummy", {}, JOBS, options)
                found.append((str(requested.workflow_id), requested.created))
            return found

    with ThreadPoolExecutor(threads) as pool:
        by_thread = list(pool.map(request, range(threads)))

    for answers in zip(*by_thread, strict=True):
        assert len({workflow for workflow, _ in answers}) == 1
        assert sorted(created for _, created in answers) == [False, False, False, True]
    assert len(workflows.queries.read_all(100)) == rounds


def test_a_workflow_without_jobs_is_refused(workflows: Workflows) -> None:
    with pytest.raises(InvalidInput, match="at least one job") as refusal:
        workflows.requests.request("one", "dummy", {}, [])
    assert refusal.value.field == "jobs"


def test_a_workflow_of_which_no_job_may_run_is_refused(workflows: Workflows) -> None:
    with pytest.raises(InvalidInput, match="At least one job") as refusal:
        workflows.request(max_running=0)
    assert refusal.value.field == "max_running"


def test_workflows_are_listed_with_sums_over_their_jobs(workflows: Workflows) -> None:
    # given
    ids = [workflows.request(2) for _ in range(3)]
    job = workflows.claim()
    workflows.store.save(job.job_id, 1, {}, done=3, total=10)
    other = workflows.claim()
    workflows.store.save(other.job_id, 1, {}, done=10, total=10)
    workflows.store.finish(other.job_id, 1)
    # then
    listed = workflows.queries.read_all(10)
    assert [row["workflow_id"] for row in listed] == ids[::-1]
    row = listed[-1]
    assert (row["jobs"], row["done"], row["total"]) == (2, 13, 20)
    assert row["jobs_by_state"] == {"running": 1, "succeeded": 1}
    assert (listed[0]["done"], listed[0]["total"]) == (0, None)
    # and in parts, and by state
    part = workflows.queries.read_all(10, before=ids[2])
    assert [row["workflow_id"] for row in part] == [ids[1], ids[0]]
    assert [row["workflow_id"] for row in workflows.queries.read_all(10, states=["running"])] == [ids[0]]
    assert workflows.queries.read_all(10, kinds=["rest"]) == []
    assert [row["position"] for row in workflows.queries.jobs(ids[0], 10, after=0)] == [1]


def test_a_workflow_that_repeats_another_names_it(workflows: Workflows) -> None:
    first = workflows.request()
    again = workflows.request(rerun_of=first)
    row = workflows.queries.read(again)
    assert row is not None
    assert row["rerun_of"] == first


def test_workers_are_listed_with_their_jobs(workflows: Workflows) -> None:
    workflows.request()
    workflows.store.report("one", ["dummy"], "1.0")
    workflows.store.report("idle", ["rest", "live"], "1.0")
    workflows.store.report("idle", ["rest"], "1.1")
    workflows.database.query(
        "INSERT INTO worker (name, kinds, version, seen_at) "
        "VALUES ('old', '{}', '1', now() - interval '25 h')"
    )
    job = workflows.claim("one")

    workflows.store.report("one", ["dummy"], "1.0")

    listed = workflows.queries.workers()
    assert [(row["name"], row["kinds"], row["version"], row["jobs"]) for row in listed] == [
        ("idle", ["rest"], "1.1", []),
        ("one", ["dummy"], "1.0", [job.job_id]),
    ]
    assert all(0 <= row["seconds_since_seen"] < 60 for row in listed)


def test_events_wait_in_the_outbox_until_they_are_confirmed(workflows: Workflows) -> None:
    # given
    workflow = workflows.request()
    job = workflows.claim()
    workflows.store.finish(job.job_id, 1, counts={"a": 1}, message="done")
    outbox = Outbox(workflows.statements)
    # when
    pending = outbox.pending(100)
    # then
    assert [(row["job_id"], row["event"]) for row in pending] == [
        (None, "requested"), (job.job_id, "ready"), (job.job_id, "claimed"), (None, "running"),
        (job.job_id, "succeeded"), (None, "succeeded"),
    ]  # fmt: skip
    assert {row["workflow_kind"] for row in pending} == {"dummy"}
    assert [row["job_kind"] for row in pending[:2]] == [None, "dummy"]
    assert pending[4]["detail"] == {"done": 0, "counts": {"a": 1}, "message": "done"}
    assert pending[4]["actor"] == "worker:one"
    # when
    outbox.confirm([row["event_id"] for row in pending[:4]])
    # then
    assert outbox.pending(100) == pending[4:]
    assert len(workflows.queries.events(workflow, 100)) == 6


def test_progress_is_recorded_from_time_to_time(workflows: Workflows) -> None:
    workflow = workflows.request()
    job = workflows.claim()
    for done in range(3):
        workflows.store.save(job.job_id, 1, {"secret": "no"}, done=done)
    assert workflows.events(workflow, job.job_id) == ["ready", "claimed"]
    workflows.database.query("UPDATE job SET progress_at = progress_at - interval '5 s'")

    for done in range(3, 6):
        workflows.store.save(job.job_id, 1, {}, done=done, total=9, counts={"b": 2}, message="half")

    assert workflows.events(workflow, job.job_id) == ["ready", "claimed", "progress"]
    [*_, progress] = workflows.queries.events(workflow, 100)
    assert progress["detail"] == {"done": 3, "total": 9, "counts": {"b": 2}, "message": "half"}
    assert progress["state"] is None


@pytest.mark.parametrize(("ran_for", "seconds"), [("1 hour", 36), ("1 year", 300)])
def test_progress_of_a_long_job_is_recorded_more_rarely(
    workflows: Workflows, ran_for: str, seconds: int
) -> None:
    workflow = workflows.request()
    job = workflows.claim()

    for since, events in ((seconds - 5, 0), (seconds + 5, 1)):
        workflows.database.query(
            "UPDATE job SET started_at = clock_timestamp() - CAST(%s AS interval), "
            "progress_at = clock_timestamp() - make_interval(secs => %s)",
            ran_for, since,
        )  # fmt: skip
        workflows.store.save(job.job_id, 1, {}, done=1)
        assert workflows.events(workflow, job.job_id).count("progress") == events


def test_what_was_recorded_cannot_be_changed(workflows: Workflows, database: Database) -> None:
    workflows.request()
    for statement in (
        "UPDATE workflow_event SET actor = 'another'",
        "DELETE FROM workflow_event",
        "TRUNCATE workflow_event",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="cannot be changed or deleted"):
            database.query(statement)


def test_numbers_that_json_lacks_are_stored_as_null(workflows: Workflows) -> None:
    workflow = workflows.request()
    job = workflows.claim()
    workflows.store.save(job.job_id, 1, {"last": float("nan")}, done=1)
    assert json.dumps(workflows.job(workflow)["checkpoint"]) == '{"last": null}'
