"""Workflows are requested, followed and shown by sensorctl; the status reports what is wrong with them."""

import json
from contextlib import closing
from datetime import timedelta

from db.queries.status import SensorStates
from messaging.management.admin import declare_topology
from tests.broker import VirtualHost
from tests.database import Database
from tests.integration.test_sensorctl import run_sensorctl
from tests.integration.workflow_rows import Workflows
from tests.processes import Processes

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def test_a_simulated_job_is_followed_to_its_end_and_its_worker_answers_pings(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    # given a simulated job, which was requested before there is a worker, so that it claims it at once
    variables = broker.environment | database.environment
    declare_topology(broker.settings)
    requested = run_sensorctl(variables, "dummy", "job", "--seconds", "0.1", "--steps", "4", "--json")
    workflow_id = json.loads(requested.stdout)["workflow_id"]
    run.start("worker").wait_for_event("started")
    # when it is followed
    followed = run_sensorctl(variables, "workflow", "events", workflow_id, "--follow", "--json")
    # then its events are shown to the end, and the worker is seen and answers
    assert followed.returncode == 0, followed.stderr
    events = [json.loads(line) for line in followed.stdout.splitlines()]
    assert [event["event"] for event in events if event["job_id"] is None] == [
        "requested", "running", "succeeded",
    ]  # fmt: skip
    listed = json.loads(run_sensorctl(variables, "workflow", "list", "--json").stdout)
    assert [(row["state"], row["done"], row["total"]) for row in listed] == [("succeeded", 4, 4)]
    timeline = run_sensorctl(variables, "workflow", "events", workflow_id).stdout
    assert "claimed → running" in timeline
    [worker] = json.loads(run_sensorctl(variables, "workflow", "workers", "--json").stdout)
    pinged = run_sensorctl(variables, "dummy", "ping", "--count", "2", "--timeout", "30", "--json")
    assert pinged.returncode == 0, pinged.stderr
    [answer] = json.loads(pinged.stdout)
    assert (answer["worker"], answer["answers"]) == (worker["name"], 2)
    assert 0 < answer["min_seconds"] < 30


def test_the_status_finds_failed_workflows_until_they_are_run_again(workflows: Workflows) -> None:
    first = workflows.request(max_failures=1)
    job = workflows.claim()
    workflows.store.fail(job.job_id, job.attempt, "401 from the source", may_retry=False)
    with closing(SensorStates(workflows.database.settings)) as states:
        [failed] = states.failed_workflows(DAY, 10)
        workflows.database.query("UPDATE workflow SET ended_at = now() - interval '2 days'")
        assert states.failed_workflows(DAY, 10) == []
        workflows.database.query("UPDATE workflow SET ended_at = now()")
        workflows.request()
        assert states.failed_workflows(DAY, 10) == []
    assert (failed["workflow_id"], failed["schedule"]) == (first, None)
    assert "401 from the source" in failed["error"]


def test_the_status_finds_jobs_that_no_worker_runs(workflows: Workflows) -> None:
    workflows.request(3)
    with closing(SensorStates(workflows.database.settings)) as states:
        assert states.unclaimed_jobs(MINUTE) == []
        workflows.database.query("UPDATE job SET available_at = now() - interval '2 minutes'")
        [found] = states.unclaimed_jobs(MINUTE)
        workflows.store.report("other", ["rest"], "0.1.0")
        assert states.unclaimed_jobs(MINUTE) == [found]
        workflows.store.report("one", ["dummy"], "0.1.0")
        assert states.unclaimed_jobs(MINUTE) == []
    assert (found["kind"], found["jobs"]) == ("dummy", 3)
