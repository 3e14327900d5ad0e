"""Live values go through a real broker into a real database, whatever happens to the worker."""

import math
from datetime import UTC, datetime, timedelta
from uuid import UUID

from db.queries.statements import Row
from db.workflows.sources import Sources
from jobs.kinds import JOB_KINDS, plan_jobs
from messaging.topology import declare_workflows
from tests.broker import VirtualHost
from tests.database import Database
from tests.integration.workflow_rows import Workflows
from tests.processes import Processes
from tests.waiting import DEADLINE_SECONDS, eventually

RATE = 20
SOURCE = "dummy"


def measured_in(start: datetime, end: datetime) -> set[datetime]:
    """Return the times at which the simulated source measures."""
    steps = range(math.ceil(start.timestamp() * RATE), math.ceil(end.timestamp() * RATE))
    return {datetime.fromtimestamp(step / RATE, UTC) for step in steps}


def await_progress(workflows: Workflows, workflow: UUID, after_attempt: int) -> Row:
    """Return the job once a later attempt has lost and opened the connection, and published more."""
    before = workflows.job(workflow)["counts"] or {}

    def progressed() -> Row | None:
        job = workflows.job(workflow)
        counts = job["counts"] or {}
        has_grown = all(counts.get(n, 0) > before.get(n, 0) for n in ("published", "disconnections"))
        return job if has_grown and job["attempt"] > after_attempt else None

    return eventually(progressed, DEADLINE_SECONDS, f"an attempt after {after_attempt} makes progress")


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
    url = workflows.worker_settings.database_url
    assert url
    variables = {"DATABASE_URL": url.get_secret_value(), "WORKER_LEASE_SECONDS": "5", "HTTP_PORT": "0"}
    workers = [run.start("worker", **variables) for _ in range(2)]
    job = await_progress(workflows, workflow, 0)
    next(worker for worker in workers if job["lease_owner"].endswith(f":{worker.pid}")).kill()
    await_progress(workflows, workflow, job["attempt"])
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
    counts = workflows.job(workflow)["counts"]
    assert counts["disconnections"] >= 2
    assert counts["repeated"] > 0
