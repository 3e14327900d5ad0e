"""Jobs that fetch history, with a real broker, consumer and database: the same as the source has, once."""

import socket
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from psycopg.types.json import Jsonb

from db.imports import undo_import
from db.roles import AccessLevel
from db.workflows.worker_store import WorkerStore
from jobs.source import Source
from tests.broker import VirtualHost
from tests.database import Database, Roles
from tests.integration.rollups import assert_views_equal_scan, close_hours
from tests.integration.test_reconcile import Reconcile
from tests.processes import Processes
from tests.unit.fake_job import FakeJob
from tests.waiting import DEADLINE_SECONDS, eventually
from worker.context import JobFailed, JobInterrupted, JobResult
from worker.kinds.rest import run_rest
from worker.kinds.source_test import run_source_test
from worker.settings import WorkerSettings
from worker.sources.model import SourceValue
from worker.sources.simulated import Simulated

HOUR = timedelta(hours=1)
START = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=10)
END = START + timedelta(days=3)
SENSORS = [{"remote": "simulated-1", "sensor_id": "attic"}, {"remote": "simulated-2", "sensor_id": "cellar"}]
FIELDS = {"kind": "simulated", "sensors": SENSORS, "lag_seconds": 3600, "options": {"rate": 1 / 600}}
REQUEST = "SELECT workflow_id FROM request_workflow('ann', 'rest', %s, %s, %s)"
CHUNK = {"source": "home", "from": START.isoformat(), "to": END.isoformat()}


@dataclass(frozen=True)
class Backfill:
    """Runs jobs of the kind `rest` in this process, while a consumer stores what they publish."""

    database: Database
    settings: WorkerSettings

    def job(self, spec: dict[str, Any] = CHUNK, **fields: Any) -> FakeJob:
        return FakeJob(spec=spec, settings=self.settings, **fields)

    def request_and_run(self, **options: str) -> tuple[str, Mapping[str, Any]]:
        """Request a workflow of the chunk, run its job as a worker does, and return its ID and its counts."""
        [row] = self.database.query(
            REQUEST, Jsonb(CHUNK), Jsonb([{"kind": "rest", "spec": CHUNK}]), Jsonb(options)
        )
        workflow_id = row["workflow_id"]
        with closing(WorkerStore(self.settings)) as store:
            claimed = store.claim("one", ["rest"], 60)
            assert claimed
            result = run_rest(self.job(workflow_id=workflow_id))
            assert store.finish(claimed.job_id, claimed.attempt, counts=result.counts, message=None)
        return str(workflow_id), result.counts

    def expected(self) -> dict[tuple[str, datetime], float]:
        """Return what the source has of the chunk."""
        source = Source.model_validate(FIELDS | {"name": "home"})
        ids = {sensor["remote"]: sensor["sensor_id"] for sensor in SENSORS}
        values = [each for each in Simulated(source).read(START, END) if isinstance(each, SourceValue)]
        return {(ids[each.remote], each.measured_at): each.temperature for each in values}

    def stored(self) -> dict[tuple[str, datetime], float]:
        rows = self.database.query("SELECT sensor_id, measured_at, temperature FROM reading")
        return {(row["sensor_id"], row["measured_at"]): row["temperature"] for row in rows}

    def await_stored(self, expected: dict[tuple[str, datetime], float]) -> None:
        eventually(lambda: self.stored() == expected, DEADLINE_SECONDS, "everything is stored")
        assert self.database.count() == len(expected)


@pytest.fixture
def backfill(broker: VirtualHost, database: Database, roles: Roles, run: Processes) -> Backfill:
    database.query("SELECT put_source('test', 'home', %s)", Jsonb(FIELDS))
    run.start_consumer()
    settings = WorkerSettings(
        rabbitmq_url=broker.settings.rabbitmq_url,
        database_url=database.url_as(roles[AccessLevel.WORKER]),
        http_port=0,
    )
    return Backfill(database, settings)


def test_a_chunk_that_is_interrupted_at_any_point_ends_with_each_reading_once(
    backfill: Backfill, run: Processes
) -> None:
    job, expected = backfill.job(), backfill.expected()
    result: JobResult | None = None
    attempts = 0
    while result is None:
        job.interrupt_after, job.reports, attempts = 40 + 130 * attempts, 0, attempts + 1
        with suppress(JobInterrupted):
            result = run_rest(job)

    assert attempts > 3
    assert result.counts == {"new": len(expected), "same": 0, "revised": 0, "skipped": {}}
    assert result.covered == ("home", START, END, None)
    backfill.await_stored(expected)
    marks = backfill.database.query("SELECT DISTINCT import_id, revised_at FROM reading")
    assert marks == [{"import_id": job.workflow_id, "revised_at": None}]


def test_reconcile_counts_what_a_workflow_fetched_until_a_rerun_has_brought_what_is_missing(
    backfill: Backfill, run: Processes
) -> None:
    reconcile = Reconcile(run)
    expected = backfill.expected()
    workflow_id, _ = backfill.request_and_run()
    backfill.await_stored(expected)
    counts = {
        "source": "home",
        "published": len(expected),
        "stored": len(expected),
        "dead": 0,
        "not_found": 0,
    }
    assert reconcile("--wait", "5")["fetched"] == [{"workflow_id": workflow_id, **counts}]

    backfill.database.query(
        "DELETE FROM reading WHERE sensor_id = 'attic' AND measured_at < %s", START + HOUR
    )
    found = reconcile("--wait", "30", code=1)
    assert (found["balanced"], found["lost_at_least"]) == (False, 0)
    assert found["fetched"] == [
        {"workflow_id": workflow_id, **counts, "stored": len(expected) - 6, "not_found": 6}
    ]

    rerun, fetched = backfill.request_and_run(rerun_of=workflow_id)
    assert fetched["new"] == 6
    backfill.await_stored(expected)
    assert reconcile("--wait", "5")["fetched"] == [
        {"workflow_id": rerun, **counts, "published": 6, "stored": 6}
    ]
    for each in (workflow_id, rerun):
        undo_import(backfill.database.settings, UUID(each), "ann", lambda *_: None)
    assert reconcile("--wait", "5")["fetched"] == []


def test_a_revised_value_is_counted_and_replaces_the_stored_one_only_on_request(backfill: Backfill) -> None:
    expected = backfill.expected()
    run_rest(backfill.job())
    backfill.await_stored(expected)
    backfill.database.query(
        "UPDATE reading SET temperature = 99 WHERE sensor_id = 'attic' AND measured_at < %s", START + 6 * HOUR
    )
    other = backfill.stored()
    close_hours(backfill.database)
    counts = {"new": 0, "same": len(expected) - 36, "revised": 36, "skipped": {}}

    assert run_rest(backfill.job()).counts == counts
    assert backfill.stored() == other
    revising = backfill.job(CHUNK | {"revise": True})
    assert run_rest(revising).counts == counts

    backfill.await_stored(expected)
    close_hours(backfill.database)
    with backfill.database.connect() as connection:
        assert_views_equal_scan(connection)


def test_without_times_what_is_new_since_the_cursor_is_fetched_and_the_cursor_moves(
    backfill: Backfill,
) -> None:
    cursor = datetime.now(UTC).replace(microsecond=0) - 5 * HOUR
    backfill.database.query("UPDATE source SET cursor = %s", cursor)

    job = backfill.job({"source": "home"})
    covered = run_rest(job).covered

    assert covered is not None
    assert covered.start == cursor - HOUR
    assert covered.cursor is not None
    assert covered.cursor - covered.end == HOUR
    assert abs(covered.cursor - datetime.now(UTC)) < timedelta(minutes=10)
    eventually(lambda: backfill.database.count() == 72, DEADLINE_SECONDS, "six hours are stored")


def test_a_test_of_a_source_that_does_not_answer_ends_after_a_few_seconds(
    backfill: Backfill, database: Database
) -> None:
    job = backfill.job({"source": "silent"}, kind="source-test")
    started_at = job.clock.now
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
        sensors = [{"remote": "climate temperature", "sensor_id": "attic"}]
        fields = {"kind": "influxdb", "address": address, "sensors": sensors, "options": {"database": "home"}}
        database.query("SELECT put_source('test', 'silent', %s)", Jsonb(fields))

        with pytest.raises(JobFailed, match=r"silent: .*refused") as failed:
            run_source_test(job)

    assert not failed.value.retry
    assert job.clock.now < started_at + 5


def test_a_test_of_the_source_reports_what_would_be_stored_and_stores_nothing(backfill: Backfill) -> None:
    result = run_source_test(backfill.job({"source": "home"}, kind="source-test"))

    assert (result.counts["new"], result.counts["same"]) == (24, 0)
    assert len(result.counts["readings"]) == 10
    assert result.covered is None
    assert (result.message or "").startswith("nothing is stored by a test; would be: 24 new")
    assert backfill.database.count() == 0
    with pytest.raises(JobFailed, match="there is no source"):
        run_source_test(backfill.job({"source": "garden"}))
