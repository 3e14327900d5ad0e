"""Rows of workflows, as the service and its workers write them."""

from contextlib import closing
from uuid import UUID

from db.workflows.worker_store import WorkerStore
from tests.database import Database

SOURCE = """SELECT put_source('sensorctl:ann', 'attic', '{
    "kind": "influxdb", "address": "http://influx.example:8086", "unit": "celsius",
    "sensors": [{"remote": "temperature value", "sensor_id": "attic"}], "options": {"database": "home"}}')"""
SCHEDULE = """SELECT put_schedule('sensorctl:ann', 'nightly', '{
    "kind": "rest", "spec": {"source": "attic"}, "cron": "0 3 * * *", "time_zone": "UTC", "overlap": "skip",
    "catch_up": "last", "enabled": true}', '2030-01-01T03:00:00Z')"""
REQUEST = """SELECT workflow_id FROM request_workflow('sensorctl:ann', 'dummy', '{"seconds": 5}',
    '[{"spec": {"seconds": 5}}, {"spec": {"seconds": 5}}]', '{}')"""


def store_workflow(owner: Database, worker_database: Database) -> UUID:
    """Store a source, a schedule and a workflow: one job was lost and failed, the other one succeeded.

    Return the ID of the workflow.
    """
    for statement in (SOURCE, SCHEDULE):
        owner.query(statement)
    [workflow] = owner.query(REQUEST)
    work(owner, worker_database)
    return UUID(str(workflow["workflow_id"]))


def work(owner: Database, worker_database: Database) -> None:
    """Be a worker that loses one job, fails it, and finishes the other one."""
    with closing(WorkerStore(worker_database.settings)) as worker:
        worker.report("worker-1", ["dummy"], "0.1.0")
        first = worker.claim("worker-1", ["dummy"], 60)
        assert first
        second = worker.claim("worker-2", ["dummy"], 60)
        assert second
        worker.save(second.job_id, second.attempt, {"step": 5}, done=5, total=10, counts={"published": 120})
        worker.finish(second.job_id, second.attempt, counts={"published": 240}, message="all is fetched")
        owner.query("UPDATE job SET lease_ends_at = now() WHERE job_id = %s", first.job_id)
        lost = worker.claim("worker-2", ["dummy"], 60)
        assert lost
        assert lost.job_id == first.job_id
        worker.fail(lost.job_id, lost.attempt, "the server is down", may_retry=True, retry_after=3600)
