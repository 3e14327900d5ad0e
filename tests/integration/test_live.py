"""Live values go through a real broker into a real database, whatever happens to the worker."""

import math
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from db.workflows.sources import Sources
from jobs.kinds import JOB_KINDS, plan_jobs
from messaging.topology import declare_workflows
from tests.broker import VirtualHost
from tests.database import Database, Roles
from tests.integration.workflow_rows import Workflows
from tests.processes import Processes
from tests.waiting import DEADLINE_SECONDS, eventually

RATE = 20
SOURCE = "dummy"


@pytest.fixture
def workflows(database: Database, roles: Roles) -> Iterator[Workflows]:
    with closing(Workflows(database, roles)) as workflows:
        yield workflows


def measured_in(start: datetime, end: datetime) -> set[datetime]:
    """Return the times at which the simulated source measures."""
    steps = range(math.ceil(start.timestamp() * RATE), math.ceil(end.timestamp() * RATE))
    return {datetime.fromtimestamp(step / RATE, UTC) for step in steps}


def await_attempt(workflows: Workflows, workflow: UUID, attempt: int) -> None:
    """Wait until an attempt has lost and opened the connection, and published more than before."""
    before = workflows.job(workflow)["counts"] or {}

    def has_progressed() -> bool:
        job = workflows.job(workflow)
        names = ("published", "disconnections")
        grown = all((job["counts"] or {}).get(name, 0) > before.get(name, 0) for name in names)
        return grown and bool(job["attempt"] == attempt)

    eventually(has_progressed, DEADLINE_SECONDS, f"attempt {attempt} makes progress")


def test_no_value_is_missed_when_connections_break_and_a_worker_is_killed(
    run: Processes, broker: VirtualHost, database: Database, workflows: Workflows
) -> None:
    declare_workflows(broker.channel, JOB_KINDS)
    sources = Sources(workflows.statements)
    options = {"rate": RATE, "repeated": 0.1, "disconnect_after": 15}
    sensors = [{"remote": "one", "sensor_id": "one"}]
    sources.put("test", SOURCE, {"kind": "simulated", "sensors": sensors, "options": options})
    spec = {"source": SOURCE}
    workflow = workflows.requests.request("test", "live", spec, plan_jobs("live", spec)).workflow_id
    run.start_consumer()
    workers = [run.start("worker", WORKER_LEASE_SECONDS="5", HTTP_PORT="0") for _ in range(2)]
    await_attempt(workflows, workflow, 1)
    owner = str(workflows.job(workflow)["lease_owner"])
    next(worker for worker in workers if owner.endswith(f":{worker.pid}")).kill()
    await_attempt(workflows, workflow, 2)
    workflows.requests.cancel("test", workflow)
    eventually(
        lambda: workflows.state(workflow) == "cancelled", DEADLINE_SECONDS, "the workflow is cancelled"
    )

    [(start, end)] = sources.covered(SOURCE)
    expected = measured_in(start, end - timedelta(seconds=1))
    eventually(
        lambda: expected <= {row["measured_at"] for row in database.readings()},
        DEADLINE_SECONDS,
        "all are stored",
    )
    times = [row["measured_at"] for row in database.readings()]
    assert len(times) == len(set(times))
    job = workflows.job(workflow)
    assert job["attempt"] == 2
    assert job["counts"]["disconnections"] >= 2
    assert job["counts"]["repeated"] > 0
