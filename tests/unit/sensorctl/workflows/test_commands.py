"""`sensorctl workflow`: what is shown, requested and changed."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from db.errors import StoreUnavailable
from runtime.exit_codes import EXIT_USAGE
from sensorctl.workflows import follow
from tests.unit.fakes import RunCommand
from tests.unit.sensorctl.workflows.fakes import ACTOR, FakeWorkflows
from tests.unit.sensorctl.workflows.rows import AT, WORKER, WORKFLOW_ID, event, job, worker, workflow

ID = str(WORKFLOW_ID)


def test_the_list_has_state_progress_and_requester(sensorctl: RunCommand, workflows: FakeWorkflows) -> None:
    workflows.rows = [
        workflow(jobs=5, jobs_by_state={"succeeded": 2, "running": 3}, desired_state="paused"),
        workflow(
            state="failed", ended_at=AT + timedelta(seconds=90), error="401 from the source", total=None
        ),
    ]

    code, out, _ = sensorctl(
        "workflow", "list", "--state", "failed", "--kind", "dummy", "--limit", "7", "--before", ID
    )

    assert code == 0
    for text in (
        ID,
        "running (to be paused)",
        "2/5 jobs, 40 %",
        "key:ann",
        "401 from the source",
    ):
        assert text in out
    assert workflows.selections == [
        {"states": ["failed"], "kinds": ["dummy"], "before": WORKFLOW_ID, "most": 7}
    ]


def test_without_workflows_the_list_says_how_to_try_one(
    sensorctl: RunCommand, workflows: FakeWorkflows
) -> None:
    workflows.rows = []

    assert "sensorctl dummy job" in sensorctl("workflow", "list")[1]
    assert sensorctl("workflow", "list", "--json")[1] == "[]\n"


def test_one_workflow_is_shown_with_its_jobs(sensorctl: RunCommand, workflows: FakeWorkflows) -> None:
    workflows.jobs_read = [
        job(message="step 4"),
        job(
            1,
            state="ready",
            available_at=AT + timedelta(days=9999),
            error=None,
            started_at=None,
            done=0,
            total=None,
        ),
    ]

    _, out, _ = sensorctl("workflow", "show", ID)

    for text in (
        "0 of 1 job succeeded, 1 running",
        "seconds 5",
        "40 of 100",
        WORKER,
        "step 4",
        "tried again in",
    ):
        assert text in out
    assert [
        each["position"] for each in json.loads(sensorctl("workflow", "show", ID, "--json")[1])["jobs"]
    ] == [0, 1]


def test_a_workflow_that_does_not_exist_is_reported(sensorctl: RunCommand, workflows: FakeWorkflows) -> None:
    del workflows
    unknown = "00000000-0000-4000-8000-000000000000"

    code, _, err = sensorctl("workflow", "show", unknown)

    assert (code, err) == (
        1,
        f"There is no workflow {unknown}: `sensorctl workflow list` shows the workflows.\n",
    )
    assert sensorctl("workflow", "cancel", unknown)[0] == EXIT_USAGE


def test_an_id_that_is_none_is_refused(sensorctl: RunCommand) -> None:
    code, _, err = sensorctl("workflow", "show", "latest")

    assert code == EXIT_USAGE
    assert "'latest' is not the UUID of a workflow" in err


def test_a_workflow_is_requested_with_what_is_given(sensorctl: RunCommand, workflows: FakeWorkflows) -> None:
    code, out, _ = sensorctl(
        "workflow",
        "run",
        "dummy",
        "--spec",
        '{"seconds": 2}',
        "--set",
        "steps=4",
        "--key",
        "k",
        "--max-running",
        "3",
    )

    assert code == 0
    assert out.startswith(f"Requested workflow {ID}.")
    [(actor, kind, spec, [requested], options)] = workflows.requests
    assert (actor, kind, spec) == (ACTOR, "dummy", {"seconds": 2, "steps": 4})
    assert (requested.kind, requested.spec["seconds"], requested.spec["steps"]) == ("dummy", 2, 4)
    assert (options.idempotency_key, options.max_running) == ("k", 3)


def test_a_repeated_request_has_the_same_digest_and_another_has_not(
    sensorctl: RunCommand, workflows: FakeWorkflows
) -> None:
    for seconds in (1, 1, 2):
        _, out, _ = sensorctl("workflow", "run", "dummy", "--set", f"seconds={seconds}", "--key", "k")

    first, second, third = (options.request_digest for *_, options in workflows.requests)
    assert first == second != third
    assert "Already requested" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["dummy", "--set", "seconds"], "'seconds' must be NAME=VALUE"),
        (["dummy", "--spec", "[1]"], "must be a JSON object"),
        (["dummy", "--spec", "{"], "must be a JSON object"),
        (["dummy", "--spec", '{"steps": 1}', "--set", "steps=2"], "'steps' is set twice"),
        (["dummy", "--set", "steps=none"], "spec.steps: must be a whole number"),
        (["nothing"], "nothing"),
    ],
)
def test_a_spec_that_is_none_is_refused(
    sensorctl: RunCommand, workflows: FakeWorkflows, arguments: list[str], message: str
) -> None:
    code, _, err = sensorctl("workflow", "run", *arguments)

    assert (code, workflows.requests) == (EXIT_USAGE, [])
    assert message in err


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("cancel", "Requested to cancel"),
        ("pause", "Requested to pause"),
        ("resume", "Resumed"),
        ("retry", "Retried"),
    ],
)
def test_a_workflow_is_changed_by_the_user(
    sensorctl: RunCommand, workflows: FakeWorkflows, command: str, text: str
) -> None:
    _, out, _ = sensorctl("workflow", command, ID)

    assert out == f"{text} the workflow {ID}: it is running.\n"
    assert workflows.changes == [(command, ACTOR, WORKFLOW_ID)]


def test_a_rerun_has_the_same_jobs(sensorctl: RunCommand, workflows: FakeWorkflows) -> None:
    workflows.rows = [workflow(max_running=2)]
    workflows.jobs_read = [job(), job(1, kind="rest", spec={"source": "attic"}, max_failures=9)]

    sensorctl("workflow", "rerun", ID)

    [(_, kind, spec, jobs, options)] = workflows.requests
    assert (kind, spec, options.rerun_of, options.max_running) == ("dummy", {"seconds": 5}, WORKFLOW_ID, 2)
    assert [tuple(each) for each in jobs] == [("dummy", {"seconds": 5}, 5), ("rest", {"source": "attic"}, 9)]


def test_the_timeline_is_shown(sensorctl: RunCommand, workflows: FakeWorkflows) -> None:
    workflows.batches = [[event(1, "claimed", "running", 1), event(2, "succeeded", "succeeded", 61)]]

    _, out, _ = sensorctl("workflow", "events", ID)

    for text in ("claimed → running", "+60 s", "60 s", f"worker:{WORKER}"):
        assert text in out


def test_a_workflow_is_followed_to_its_end(
    sensorctl: RunCommand, workflows: FakeWorkflows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "POLL_INTERVAL_SECONDS", 0)
    workflows.rows = [workflow(), workflow(), workflow(state="failed", error="503 from the source")]
    first, last = event(1, "claimed", "running", 1), event(2, "failed", "failed", 4, detail={"error": "503"})
    workflows.batches = [[first], [first, last]]

    code, out, err = sensorctl("workflow", "events", ID, "--follow")

    assert code == 1
    assert out.splitlines() == [
        f"2026-11-27 12:00:01  job 0, attempt 1: claimed → running, by worker:{WORKER}",
        f"2026-11-27 12:00:04  job 0, attempt 1: failed: 503, after 3 s, by worker:{WORKER}",
    ]
    assert (
        f"The workflow {ID} is failed: 503 from the source; `sensorctl workflow show {ID}` shows its jobs."
        in err
    )


def test_a_workflow_is_followed_over_a_restart_of_the_database(
    sensorctl: RunCommand, workflows: FakeWorkflows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "POLL_INTERVAL_SECONDS", 0)
    workflows.rows = [workflow(state="running"), workflow(state="succeeded")]
    workflows.batches = [[event(1, "succeeded", "succeeded", 4)]]
    answers, read = iter([True, False, False, True]), workflows.read

    def read_or_fail(workflow_id: UUID) -> dict[str, Any] | None:
        if not next(answers):
            raise StoreUnavailable("the server closed the connection")
        return read(workflow_id)

    monkeypatch.setattr(workflows, "read", read_or_fail)

    code, out, err = sensorctl("workflow", "events", ID, "--follow")

    assert (code, err) == (0, f"{follow.INTERRUPTED}\n")
    assert "succeeded" in out


@pytest.mark.parametrize(
    ("workers", "is_told"),
    [([], True), ([worker(60)], True), ([worker(kinds=["rest"])], True), ([worker()], False)],
)
def test_a_workflow_that_waits_for_a_worker_says_so_once(
    sensorctl: RunCommand,
    workflows: FakeWorkflows,
    monkeypatch: pytest.MonkeyPatch,
    workers: list[dict[str, Any]],
    is_told: bool,
) -> None:
    monkeypatch.setattr(follow, "POLL_INTERVAL_SECONDS", 0)
    waiting = workflow(state="ready", jobs_by_state={"ready": 1})
    workflows.rows = [*(waiting for _ in range(3 * follow.POLLS_UNTIL_HINT)), workflow(state="succeeded")]
    workflows.jobs_read = [job(state="ready")]
    workflows.workers_read = workers

    code, _, err = sensorctl("workflow", "events", ID, "--follow")

    hint = "No worker for jobs of the kind dummy was seen; they wait. To start one, set COMPOSE_PROFILES="
    assert (code, err.count(hint)) == (0, int(is_told))


def test_a_workflow_that_runs_says_nothing_of_workers(
    sensorctl: RunCommand, workflows: FakeWorkflows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "POLL_INTERVAL_SECONDS", 0)
    running = workflow(jobs_by_state={"ready": 1, "running": 1})
    workflows.rows = [*(running for _ in range(3 * follow.POLLS_UNTIL_HINT)), workflow(state="succeeded")]
    workflows.jobs_read = [job(state="ready")]

    code, _, err = sensorctl("workflow", "events", ID, "--follow")

    assert (code, err) == (0, "")


def test_a_request_that_succeeds_is_followed_as_one_object_per_line(
    sensorctl: RunCommand, workflows: FakeWorkflows
) -> None:
    workflows.rows = [workflow(state="succeeded")]
    workflows.batches = [[event(1, "claimed", "running", 1), event(2, "succeeded", "succeeded", 4)]]

    code, out, err = sensorctl("workflow", "run", "dummy", "--follow", "--json")

    assert (code, err) == (0, f"Requested workflow {ID}.\n")
    assert [json.loads(line)["event"] for line in out.splitlines()] == ["claimed", "succeeded"]


def test_workers_are_shown_with_their_kinds(sensorctl: RunCommand, workflows: FakeWorkflows) -> None:
    workflows.workers_read = [worker(2), worker(300, name="worker@old:1")]

    _, out, _ = sensorctl("workflow", "workers")

    for text in (WORKER, "dummy, rest", "2 s ago", "worker@old:1", "5 min ago"):
        assert text in out


def test_without_workers_it_is_shown_how_to_start_one(
    sensorctl: RunCommand, workflows: FakeWorkflows
) -> None:
    del workflows

    assert "COMPOSE_PROFILES=workflows" in sensorctl("workflow", "workers")[1]
