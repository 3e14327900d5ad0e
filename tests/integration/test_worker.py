"""A worker runs the jobs of a real database, woken by a real broker, each in a process of its own."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from uuid import UUID

import pytest

from db.workflows.requests import RequestOptions
from jobs.kinds import JOB_KINDS
from jobs.spec import JobSpec
from messaging.management.ping import ping
from messaging.topology import declare_workflows, job_queue
from tests.broker import VirtualHost
from tests.integration.in_process import running
from tests.integration.workflow_rows import Workflows
from tests.waiting import DEADLINE_SECONDS, eventually
from worker.running import run_jobs
from worker.settings import WorkerSettings


@pytest.fixture
def settings(broker: VirtualHost, workflows: Workflows) -> WorkerSettings:
    declare_workflows(broker.channel, JOB_KINDS)
    return WorkerSettings(
        rabbitmq_url=broker.settings.rabbitmq_url,
        database_url=workflows.worker_settings.database_url,
        http_port=0,
        worker_progress_seconds=60,
        worker_grace_seconds=0.3,
    )


def worker(settings: WorkerSettings) -> AbstractContextManager[None]:
    """Run a worker in this process until the end of the block."""
    return running(partial(run_jobs, settings, "worker.kinds"))


@pytest.fixture
def request_dummy(workflows: Workflows) -> Callable[..., UUID]:
    def request(**spec: object) -> UUID:
        jobs = [JobSpec("dummy", spec)]
        return workflows.requests.request("test", "dummy", spec, jobs, RequestOptions()).workflow_id

    return request


def wait_for_state(workflows: Workflows, workflow: UUID, state: str) -> None:
    eventually(lambda: workflows.state(workflow) == state, DEADLINE_SECONDS, f"the workflow is {state}")


def test_a_ticket_wakes_the_worker_and_a_ping_is_answered(
    settings: WorkerSettings, workflows: Workflows, broker: VirtualHost, request_dummy: Callable[..., UUID]
) -> None:
    with worker(settings):
        eventually(workflows.queries.workers, DEADLINE_SECONDS, "the worker reports itself")
        eventually(lambda: broker.consumers(job_queue("dummy")), DEADLINE_SECONDS, "it consumes tickets")
        workflow = request_dummy(seconds=0, steps=3)
        broker.publish(b"{}", exchange="", routing_key=job_queue("dummy"))
        wait_for_state(workflows, workflow, "succeeded")
        eventually(lambda: not broker.ready(job_queue("dummy")), DEADLINE_SECONDS, "the ticket is acked")
        pong = next(ping(broker.settings, settings.name, DEADLINE_SECONDS))
    assert pong.fields["worker"] == settings.name
    assert workflows.job(workflow)["counts"] == {"steps": 3}
    events = workflows.events(workflow, workflows.job(workflow)["job_id"])
    # On a busy machine there is progress, too.
    assert [event for event in events if event != "progress"] == ["ready", "claimed", "succeeded"]


def test_a_job_whose_process_dies_continues_and_a_stalled_one_can_be_cancelled(
    settings: WorkerSettings, workflows: Workflows, request_dummy: Callable[..., UUID]
) -> None:
    dies = request_dummy(seconds=0, steps=3, exit_after=2)
    stalls = request_dummy(seconds=0, steps=3, hang_after=1)
    with worker(settings):
        eventually(lambda: workflows.job(stalls)["done"] == 1, DEADLINE_SECONDS, "the job stalls")
        workflows.requests.cancel("test", stalls)
        wait_for_state(workflows, stalls, "cancelled")
        workflows.make_available()
        wait_for_state(workflows, dies, "succeeded")
    [failure] = [row for row in workflows.queries.events(dies, 99) if row["event"] == "failure"]
    assert failure["detail"]["error"] == "its process ended with exit code 3"
    assert (workflows.job(dies)["attempt"], workflows.job(dies)["failures"]) == (2, 1)


def test_a_shutdown_gives_the_jobs_back_without_a_failure(
    settings: WorkerSettings, workflows: Workflows, request_dummy: Callable[..., UUID]
) -> None:
    workflow = request_dummy(seconds=3600, steps=36_000)
    with worker(settings):
        eventually(lambda: workflows.job(workflow)["done"] > 0, DEADLINE_SECONDS, "the job makes progress")
    job = workflows.job(workflow)
    assert (job["state"], job["attempt"], job["failures"]) == ("ready", 1, 0)
    assert job["checkpoint"] == {"step": job["done"]}
