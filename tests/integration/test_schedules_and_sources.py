"""Schedules that request workflows, and sources with the times that were read."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from db.queries.statements import Statements
from db.roles import AccessLevel
from db.workflows.schedules import Schedules
from db.workflows.sources import Sources
from jobs.spec import JobSpec
from runtime.errors import InvalidInput
from tests.database import Database, Roles
from tests.integration.workflow_rows import Workflows

DUE = datetime(2026, 11, 27, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
JOBS = [JobSpec("dummy", {})]
SOURCE = {"kind": "influxdb", "address": "http://influx:8086", "secret_name": "SOURCE_INFLUX_TOKEN"}


@pytest.fixture
def schedules(workflows: Workflows) -> Schedules:
    return Schedules(workflows.statements)


@pytest.fixture
def sources(workflows: Workflows) -> Sources:
    return Sources(workflows.statements)


def put(schedules: Schedules, **fields: object) -> None:
    fields = {"kind": "dummy", "spec": {"seconds": 1}, "cron": "0 * * * *"} | fields
    schedules.put("test", "hourly", fields, DUE)


def fire(
    schedules: Schedules, due: datetime | None = DUE, expected: datetime = DUE, jobs: list[JobSpec] = JOBS
) -> str:
    return schedules.fire(
        "hourly", expected_next=expected, next_at=expected + HOUR, due=due, kind="dummy", jobs=jobs
    )


def test_a_schedule_requests_its_workflow_once(workflows: Workflows, schedules: Schedules) -> None:
    put(schedules)
    assert [row["name"] for row in schedules.due()] == ["hourly"]

    assert [fire(schedules), fire(schedules)] == ["fired", "moved"]

    [row] = workflows.queries.read_all(10)
    assert (row["kind"], row["spec"], row["requested_by"]) == ("dummy", {"seconds": 1}, "schedule:hourly")
    assert (row["schedule"], row["scheduled_for"]) == ("hourly", DUE)
    assert row["idempotency_key"] == "schedule:hourly:2026-11-27T12:00:00.000000Z"
    schedule = schedules.read("hourly")
    assert schedule is not None
    assert (schedule["next_at"], schedule["outcome"]) == (DUE + HOUR, "fired")
    assert (schedule["last_workflow_id"], schedule["last_state"]) == (row["workflow_id"], "ready")
    assert schedules.read_all() == [schedule]


def test_two_managers_request_one_workflow(
    workflows: Workflows, schedules: Schedules, database: Database, roles: Roles
) -> None:
    put(schedules)

    def manager(_: int) -> str:
        with closing(Statements(database.settings_as(roles[AccessLevel.MANAGER]), "test")) as statements:
            return fire(Schedules(statements))

    with ThreadPoolExecutor(4) as threads:
        outcomes = sorted(threads.map(manager, range(4)))

    assert outcomes == ["fired", "moved", "moved", "moved"]
    assert len(workflows.queries.read_all(10)) == 1


def test_a_time_is_skipped_while_the_last_workflow_runs(workflows: Workflows, schedules: Schedules) -> None:
    put(schedules, overlap="skip")
    fire(schedules)
    assert fire(schedules, DUE + HOUR, DUE + HOUR) == "skipped"
    workflows.store.finish(workflows.claim().job_id, 1)
    assert fire(schedules, DUE + 2 * HOUR, DUE + 2 * HOUR) == "fired"
    assert len(workflows.queries.read_all(10)) == 2


def test_a_time_waits_while_the_last_workflow_runs(workflows: Workflows, schedules: Schedules) -> None:
    put(schedules, overlap="queue")
    fire(schedules)
    assert fire(schedules, DUE + HOUR, DUE + HOUR) == "queued"
    assert len(workflows.queries.read_all(10)) == 1
    workflows.store.finish(workflows.claim().job_id, 1)
    assert fire(schedules, DUE + HOUR, DUE + HOUR) == "fired"


def test_a_new_workflow_replaces_the_last_ones(workflows: Workflows, schedules: Schedules) -> None:
    put(schedules, overlap="replace")
    fire(schedules)
    workflows.claim()
    assert fire(schedules, DUE + HOUR, DUE + HOUR) == "replaced"
    assert fire(schedules, DUE + 2 * HOUR, DUE + 2 * HOUR) == "replaced"
    states = [row["state"] for row in workflows.queries.read_all(10, schedule="hourly")]
    assert states == ["ready", "cancelled", "cancelling"]


def test_missed_times_and_times_without_work_pass(workflows: Workflows, schedules: Schedules) -> None:
    put(schedules)
    assert fire(schedules, None) == "skipped"
    assert fire(schedules, DUE + HOUR, DUE + HOUR, jobs=[]) == "nothing"
    assert workflows.queries.read_all(10) == []


def test_a_disabled_schedule_requests_nothing(workflows: Workflows, schedules: Schedules) -> None:
    put(schedules)
    disabled = schedules.enable("test", "hourly", enable=False, next_at=DUE)
    assert (disabled["enabled"], disabled["next_at"], disabled["cron"]) == (False, None, "0 * * * *")
    assert schedules.due() == []
    assert fire(schedules) == "moved"
    assert schedules.enable("test", "hourly", enable=True, next_at=DUE)["next_at"] == DUE
    assert fire(schedules) == "fired"


def test_changes_of_schedules_are_recorded(database: Database, schedules: Schedules) -> None:
    put(schedules)
    put(schedules, cron="5 * * * *")
    removed = schedules.remove("test", "hourly")
    assert removed["cron"] == "5 * * * *"
    assert schedules.read("hourly") is None
    audited = database.query("SELECT action, actor, object_id FROM audit WHERE object_kind = 'schedule'")
    assert [tuple(row.values()) for row in audited] == [
        (action, "test", "hourly") for action in ("create", "change", "remove")
    ]


def test_unknown_schedules_and_sources_are_refused(schedules: Schedules, sources: Sources) -> None:
    with pytest.raises(InvalidInput, match="There is no schedule x"):
        schedules.remove("test", "x")
    with pytest.raises(InvalidInput, match="There is no schedule x"):
        schedules.enable("test", "x", enable=True, next_at=DUE)
    with pytest.raises(InvalidInput, match="There is no source x"):
        sources.remove("test", "x")


def test_a_source_is_changed_field_by_field(database: Database, sources: Sources) -> None:
    created = sources.put("test", "influx", SOURCE)
    changed = sources.put("another", "influx", {"lag_seconds": 3600, "sensors": [{"remote": "a"}]})
    assert (created["lag_seconds"], changed["lag_seconds"]) == (0, 3600)
    assert changed["address"] == "http://influx:8086"
    assert changed["created_by"] == "test"
    assert sources.read_all() == [changed]
    [row] = database.query("SELECT after FROM audit WHERE object_kind = 'source' AND action = 'change'")
    assert row["after"]["sensors"] == [{"remote": "a"}]


def test_a_source_that_is_used_is_not_removed(
    workflows: Workflows, schedules: Schedules, sources: Sources
) -> None:
    sources.put("test", "influx", SOURCE)
    put(schedules, spec={"source": "influx"})
    with pytest.raises(InvalidInput, match="used by the schedule hourly: remove or cancel that first"):
        sources.remove("test", "influx")
    fire(schedules)
    schedules.remove("test", "hourly")
    with pytest.raises(InvalidInput, match=r"used by workflow .*: remove or cancel that first"):
        sources.remove("test", "influx")
    workflows.store.finish(workflows.claim().job_id, 1)
    assert sources.remove("test", "influx")["name"] == "influx"


def test_what_was_read_of_a_source_is_recorded_with_the_checkpoint(
    workflows: Workflows, sources: Sources
) -> None:
    # given
    sources.put("test", "influx", SOURCE)
    workflows.request()
    job = workflows.claim()
    # when
    for start, end in ((DUE, DUE + HOUR), (DUE + 2 * HOUR, DUE + 3 * HOUR)):
        workflows.store.save(job.job_id, 1, {}, done=1, covered=("influx", start, end, None))
    workflows.store.finish(job.job_id, 1, covered=("influx", DUE + HOUR, DUE + 2 * HOUR, DUE))
    # then
    assert sources.covered("influx") == [(DUE, DUE + 3 * HOUR)]
    source = sources.read("influx")
    assert source is not None
    assert source["cursor"] == DUE


@pytest.mark.parametrize(
    ("change", "is_kept"),
    [
        ({"lag_seconds": 60}, True),
        ({"sensors": [{"remote": "added", "sensor_id": "added"}]}, False),
        ({"address": "http://other.example:8086"}, False),
    ],
)
def test_what_was_read_of_a_source_counts_until_its_definition_changes(
    workflows: Workflows, sources: Sources, change: dict[str, object], is_kept: bool
) -> None:
    sources.put("test", "influx", SOURCE)
    workflows.request()
    workflows.store.finish(workflows.claim().job_id, 1, covered=("influx", DUE, DUE + HOUR, DUE))

    sources.put("test", "influx", SOURCE | change)

    assert sources.covered("influx") == ([(DUE, DUE + HOUR)] if is_kept else [])


def test_the_cursor_of_a_source_does_not_move_back(workflows: Workflows, sources: Sources) -> None:
    sources.put("test", "influx", SOURCE)
    workflows.request()
    job = workflows.claim()
    for cursor in (DUE + HOUR, DUE, None):
        workflows.store.save(job.job_id, 1, {}, done=1, covered=("influx", DUE, DUE + HOUR, cursor))
    source = sources.read("influx")
    assert source is not None
    assert source["cursor"] == DUE + HOUR


def test_a_worker_that_lost_its_lease_covers_nothing(workflows: Workflows, sources: Sources) -> None:
    sources.put("test", "influx", SOURCE)
    workflows.request()
    job = workflows.claim()
    workflows.expire(job.job_id)
    workflows.claim("another")

    covered = ("influx", DUE, DUE + HOUR, DUE)
    assert workflows.store.save(job.job_id, 1, {}, done=1, covered=covered) is None
    assert not workflows.store.finish(job.job_id, 1, covered=covered)

    assert sources.covered("influx") == []


def test_a_removed_source_is_covered_no_more(workflows: Workflows) -> None:
    workflow = workflows.request()
    job = workflows.claim()
    with pytest.raises(InvalidInput, match="There is no source influx any more"):
        workflows.store.save(job.job_id, 1, {"at": 1}, done=1, covered=("influx", DUE, DUE + HOUR, None))
    assert workflows.job(workflow)["checkpoint"] is None
