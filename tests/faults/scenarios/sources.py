"""Faults of a source and of schedules: what the source has is stored once, and each time fires once."""

import json
import math
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from db.queries.statements import Statements
from db.settings import DatabaseSettings
from db.workflows.planning import Planner
from db.workflows.requests import RequestOptions, WorkflowRequests
from db.workflows.schedules import Schedules
from db.workflows.sources import Sources
from jobs.kinds import BACKFILL
from jobs.states import ENDED
from readings.ids import source_reading_id
from readings.model import Reading
from runtime.settings import load
from tests.faults.experiment import Experiment
from tests.faults.scenarios.workflows import (
    finish_workflow,
    record_reading,
    start_job_workers,
    workflow_state,
)
from tests.source_server import Reply, Request, json_reply, source_server

SOURCE = "faulty"
BOX = "57000b8745fd40c8196ad04c"
ATTIC, CELLAR = f"{BOX}/57000b8745fd40c8196ad04e", f"{BOX}/57000b8745fd40c8196ad04f"
SENSORS = {ATTIC: "attic", CELLAR: "cellar"}
INTERVAL = timedelta(minutes=1)
SCHEDULE = "every-minute"
# The time of a schedule, and the workflows that it has requested for it.
FIRED = """
SELECT count(*), count(DISTINCT scheduled_for), count(*) FILTER (WHERE state = 'succeeded'),
       min(scheduled_for), max(scheduled_for)
FROM workflow WHERE schedule = %s
"""
NEXT = "SELECT next_at <= clock_timestamp() FROM schedule WHERE name = %s"


class FaultySource:
    """A double of openSenseMap that has a value per minute, and seldom sends it as it should."""

    def __init__(self, random: Random, start: datetime, end: datetime) -> None:
        self._random, self._start, self._end = random, start, end
        self.refused_until = 0.0
        self.faults: dict[str, int] = {}

    def values(self, remote: str) -> Iterator[tuple[datetime, float]]:
        """Yield everything that it has of a sensor."""
        offset = 4.0 if remote == CELLAR else 20.0
        for minute in range(int((self._end - self._start) / INTERVAL)):
            yield self._start + minute * INTERVAL, round(offset + 3 * math.sin(minute / 200), 2)

    def answer(self, request: Request) -> Reply:
        """Answer a request, with one of the faults."""
        if time.monotonic() < self.refused_until:
            return self._fault("status 500", Reply(status=500))
        parts = request.path.strip("/").split("/")
        if parts[2] == "sensors":
            return json_reply({"unit": "°C"})
        rows = self._rows(f"{parts[1]}/{parts[3]}", request.params)
        fault = self._random.choice(("none", "slow", "cut off", "repeated", "back in time"))
        if fault == "slow":
            time.sleep(self._random.uniform(0.5, 3))
        elif fault == "repeated":
            rows += rows[: len(rows) // 2]
        elif fault == "back in time":
            self._random.shuffle(rows)
        reply = json_reply(rows)
        if fault == "cut off":
            reply = Reply(body=reply.body, cut_at=len(reply.body) // 2)
        return self._fault(fault, reply)

    def _rows(self, remote: str, params: dict[str, str]) -> list[dict[str, Any]]:
        first, last = (datetime.fromisoformat(params[name]) for name in ("from-date", "to-date"))
        return [
            {"createdAt": moment.isoformat(timespec="milliseconds"), "value": json.dumps(value)}
            for moment, value in self.values(remote)
            if first <= moment <= last
        ]

    def _fault(self, name: str, reply: Reply) -> Reply:
        self.faults[name] = self.faults.get(name, 0) + 1
        return reply


def faulty(
    experiment: Experiment, *, days: int, refused_seconds: float, between: tuple[float, float]
) -> None:
    """Row 21. Answer slowly, partly, repeatedly, out of order and not at all, while workers are killed."""
    end = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    source = FaultySource(experiment.random, end - timedelta(days=days), end)
    for remote, sensor in SENSORS.items():
        for moment, value in source.values(remote):
            record_reading(
                experiment, Reading(source_reading_id(SOURCE, sensor, moment), sensor, moment, value)
            )
    experiment.start_workers()
    workers = start_job_workers(experiment, 3)
    server = experiment.enter(source_server(source.answer))
    workflow = _backfill(experiment, server.url, end - timedelta(days=days), end)
    started_at, kills = time.monotonic(), 0
    while workflow_state(experiment, workflow) not in ENDED and time.monotonic() - started_at < 1200:
        experiment.run_load_for(experiment.random.uniform(*between))
        workers.kill(experiment.random.randrange(3))
        kills += 1
        if kills == 2:
            source.refused_until = time.monotonic() + refused_seconds
        experiment.show_progress(f"{server.url} answers with faults; {kills} workers killed")
    finish_workflow(experiment, workflow, 60)
    faults = ", ".join(f"{number} {name}" for name, number in sorted(source.faults.items()))
    experiment.notes.append(f"{kills} workers killed; responses of the source: {faults}")


def manager_killed(experiment: Experiment, *, times: int, between: tuple[float, float]) -> None:
    """Row 22. Kill both instances of the service while they fire all times that a schedule missed."""
    start_job_workers(experiment, 2)
    # Each instance kills itself now and then, and competes with the other one for each time.
    managers = experiment.start_process("tests.faults.workflows_failpoint", _manager_variables(experiment))
    managers.scale(2)
    settings = load(DatabaseSettings, database_url=experiment.database_url)
    first = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=times)
    fields = {
        "kind": "dummy",
        "spec": {"seconds": 0, "steps": 1},
        "cron": "* * * * *",
        "overlap": "queue",
        "catch_up": "all",
    }
    with closing(Statements(settings, "faults")) as statements:
        Schedules(statements).put("faults", SCHEDULE, fields, first)
    experiment.wait_until(lambda: experiment.query(NEXT, SCHEDULE) == [(False,)], 900, "all times have fired")
    experiment.run_load_for(experiment.random.uniform(*between))
    experiment.wait_until(lambda: _has_succeeded(experiment), 120, "every workflow succeeds")
    ((requested, distinct, succeeded, since, until),) = experiment.query(FIRED, SCHEDULE)
    expected = (until - since) / INTERVAL + 1  # type: ignore[operator]
    experiment.notes.append(
        f"{requested} workflows for {distinct} of {expected:.0f} times, {succeeded} succeeded; "
        f"{managers.deaths()} instances of the service killed"
    )
    if not (requested == distinct == succeeded == expected and since == first):
        experiment.problems.append("a time has no workflow, or several")
    if managers.deaths() < times // 5:
        experiment.problems.append("too few instances were killed to show anything")


def _backfill(experiment: Experiment, address: str, start: datetime, end: datetime) -> UUID:
    settings = load(DatabaseSettings, database_url=experiment.database_url)
    sensors = [{"remote": remote, "sensor_id": sensor} for remote, sensor in SENSORS.items()]
    fields = {"kind": "opensensemap", "address": address, "sensors": sensors, "requests_per_minute": 600}
    spec = {"source": SOURCE, "from": start.isoformat(), "to": end.isoformat(), "chunk": "1d"}
    with (
        closing(Statements(settings, "faults")) as statements,
        closing(WorkflowRequests(settings, "faults")) as requests,
    ):
        Sources(statements).put("faults", SOURCE, fields)
        plan = Planner(statements).plan(BACKFILL, spec)
        jobs = [job._replace(max_failures=100) for job in plan.jobs]
        return requests.request("faults", BACKFILL, plan.spec, jobs, RequestOptions()).workflow_id


def _manager_variables(experiment: Experiment) -> dict[str, str]:
    return {"RABBITMQ_URL": experiment.environment.amqp_url, "DATABASE_URL": experiment.database_url}


def _has_succeeded(experiment: Experiment) -> bool:
    ((requested, _, succeeded, _, _),) = experiment.query(FIRED, SCHEDULE)
    return requested == succeeded
