"""A year of InfluxDB and a week of Home Assistant are stored exactly once, with workers being killed."""

import random
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from db.workflows.planning import Planner
from db.workflows.requests import RequestOptions
from db.workflows.sources import Sources
from jobs.kinds import JOB_KINDS
from messaging.topology import declare_workflows
from tests.broker import VirtualHost
from tests.database import Database, Roles
from tests.integration.test_reconcile import Reconcile
from tests.integration.workflow_rows import Workflows
from tests.processes import Process, Processes
from tests.sources.home_assistant import HomeAssistantServer, State, home_assistant
from tests.sources.influxdb import PASSWORD, USER, influxdb
from tests.unit.worker.sources.doubles import wave
from tests.waiting import DEADLINE_SECONDS, eventually

END = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WORKERS = 3
KILLS = 5
SECRET = "SOURCE_HOUSE"


class Filled(NamedTuple):
    """A server, how it is defined as a source, and what it has: the temperatures by their times."""

    fields: dict[str, Any]
    secret: str
    chunk_hours: int
    values: dict[datetime, float]


def times(length: timedelta, interval: timedelta) -> dict[datetime, float]:
    moments = [END - length + n * interval for n in range(length // interval)]
    return {at: wave(at) for at in moments}


@contextmanager
def filled_influxdb(directory: Path) -> Iterator[Filled]:
    values = times(365 * DAY, HOUR)
    with influxdb(directory) as server:
        server.write(
            f"temperature,room=attic value={value} {int(at.timestamp())}000000000"
            for at, value in values.items()
        )
        fields = {
            "kind": "influxdb",
            "address": server.url,
            "options": {"database": "home", "user": USER},
            "sensors": [{"remote": "temperature,room=attic value", "sensor_id": "attic"}],
        }
        yield Filled(fields, PASSWORD, 15 * 24, values)


@contextmanager
def filled_home_assistant(directory: Path) -> Iterator[Filled]:
    values = times(7 * DAY, timedelta(minutes=5))

    def fill(server: HomeAssistantServer) -> None:
        server.record_run(END - 8 * DAY)
        server.record("sensor.attic", [State(at, str(value)) for at, value in values.items()])

    with home_assistant(directory, fill) as server:
        fields = {
            "kind": "home-assistant",
            "address": server.url,
            "sensors": [{"remote": "sensor.attic", "sensor_id": "attic"}],
        }
        yield Filled(fields, server.token, 8, values)


@pytest.fixture
def workflows(database: Database, roles: Roles) -> Iterator[Workflows]:
    with closing(Workflows(database, roles)) as workflows:
        yield workflows


@pytest.mark.parametrize("open_server", [filled_influxdb, filled_home_assistant])
def test_a_backfill_whose_workers_are_killed_stores_each_value_once(
    open_server: Any,
    run: Processes,
    broker: VirtualHost,
    database: Database,
    workflows: Workflows,
    tmp_path: Path,
) -> None:
    declare_workflows(broker.channel, JOB_KINDS)
    directory = tmp_path / "server"
    directory.mkdir()
    with open_server(directory) as filled:
        common = {"unit": "celsius", "secret_name": SECRET, "requests_per_minute": 6000}
        Sources(workflows.statements).put("test", "house", {**common, **filled.fields})
        spec = {
            "source": "house",
            "from": min(filled.values).isoformat(),
            "to": END.isoformat(),
            "chunk": filled.chunk_hours * 3600,
        }
        plan = Planner(workflows.statements).plan("backfill", spec)
        options = RequestOptions(max_running=plan.max_running)
        requested = workflows.requests.request("test", "backfill", plan.spec, plan.jobs, options)
        run.start_consumer()
        kill_workers(run, workflows, requested.workflow_id, filled.secret)

        expected = filled.values
        eventually(lambda: database.count() >= len(expected), DEADLINE_SECONDS, "all are stored")
        rows = database.query("SELECT measured_at, temperature, import_id FROM reading")
        assert {row["measured_at"]: row["temperature"] for row in rows} == expected
        assert len(rows) == len(expected)
        assert {row["import_id"] for row in rows} == {requested.workflow_id}
        assert Sources(workflows.statements).covered("house") == [(min(expected), END)]
        Reconcile(run)("--wait", "5")  # its exit code is that of a balance


def kill_workers(run: Processes, workflows: Workflows, workflow: Any, secret: str) -> None:
    """Run the workflow to its end, and kill a worker each time that some more of its jobs have succeeded."""
    choose = random.Random(7)

    def start() -> Process:
        return run.start(
            "worker", WORKER_JOBS="1", WORKER_LEASE_SECONDS="6", HTTP_PORT="0", **{SECRET: secret}
        )

    def succeeded() -> int:
        return workflows.job_states(workflow).count("succeeded")

    def has_succeeded(least: int) -> bool:
        return succeeded() >= least

    workers = [start() for _ in range(WORKERS)]
    jobs = len(workflows.job_states(workflow))
    for kill in range(KILLS):
        least = 1 + kill * (jobs - 2) // KILLS
        eventually(partial(has_succeeded, least), DEADLINE_SECONDS, f"{least} jobs have succeeded")
        workers.pop(choose.randrange(WORKERS)).kill()
        workers.append(start())
    eventually(
        lambda: workflows.state(workflow) == "succeeded", DEADLINE_SECONDS, "the backfill has succeeded"
    )
    assert succeeded() == jobs
