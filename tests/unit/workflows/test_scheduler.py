"""Which workflows the scheduler requests, without a database."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY

from db.errors import StoreTimeout, StoreUnavailable
from runtime.errors import InvalidInput
from runtime.health import Health
from runtime.lifecycle import ShutdownSignal
from tests.unit.sensorctl.workflows.rows import AT
from workflows.__main__ import fire_schedules
from workflows.scheduler import Scheduler
from workflows.telemetry import BROKER, DATABASE, WorkflowsTelemetry


class FakePlanner:
    def plan(self, kind: str, spec: dict[str, Any]) -> Any:
        if spec.get("source") == "gone":
            raise InvalidInput("there is no source gone", "spec.source")
        if spec.get("source") == "huge":
            raise StoreTimeout("canceling statement due to statement timeout")
        return type("Plan", (), {"jobs": [(kind, spec)]})


class FakeSchedules:
    """Schedules that are due; what is fired is no more."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self.rows = list(rows)
        self.fired: list[dict[str, Any]] = []
        self.outcome = "fired"
        self.errors: list[Exception] = []

    def due(self) -> list[dict[str, Any]]:
        if self.errors:
            raise self.errors.pop(0)
        return list(self.rows)

    def fire(self, name: str, **values: Any) -> str:
        self.fired.append({"name": name} | values)
        if self.outcome != "queued":
            self.rows = [row for row in self.rows if row["name"] != name]
        return self.outcome


def row(name: str = "nightly", **changes: Any) -> dict[str, Any]:
    return {
        "name": name, "kind": "dummy", "spec": {}, "cron": "0 * * * *", "time_zone": "UTC", "overlap": "skip",
        "catch_up": "last", "enabled": True, "next_at": AT, "now": AT + timedelta(seconds=1),
        "last_ended_at": None,
    } | changes  # fmt: skip


def scheduler(schedules: FakeSchedules) -> Scheduler:
    telemetry = WorkflowsTelemetry(Health(BROKER, DATABASE))
    return Scheduler(schedules, FakePlanner(), telemetry)  # type: ignore[arg-type]


def refusals() -> float:
    return REGISTRY.get_sample_value("workflows_schedules_refused_total") or 0


def decisions(outcome: str) -> float:
    return REGISTRY.get_sample_value("workflows_schedules_fired_total", {"outcome": outcome}) or 0


def test_a_schedule_fires_with_the_time_that_it_expects_and_the_next_one() -> None:
    schedules = FakeSchedules(row())

    scheduler(schedules).fire_due()

    assert schedules.fired == [
        {
            "name": "nightly", "expected_next": AT, "due": AT, "next_at": AT + timedelta(hours=1),
            "kind": "dummy", "jobs": [("dummy", {})],
        }
    ]  # fmt: skip


def test_a_missed_time_that_is_not_made_up_for_passes_without_jobs() -> None:
    schedules = FakeSchedules(row(catch_up="none", now=AT + timedelta(minutes=30)))

    scheduler(schedules).fire_due()

    assert (schedules.fired[0]["due"], schedules.fired[0]["jobs"]) == (None, [])


def test_a_schedule_that_cannot_be_planned_goes_on_and_keeps_no_other_from_firing() -> None:
    schedules = FakeSchedules(
        row("gone", spec={"source": "gone"}), row("broken", cron="61 * * * *"), row("fine")
    )

    scheduler(schedules).fire_due()

    assert [(fired["name"], len(fired["jobs"])) for fired in schedules.fired] == [("gone", 0), ("fine", 1)]
    assert schedules.fired[0]["next_at"] == AT + timedelta(hours=1)


def test_a_schedule_that_stays_invalid_is_reported_once_until_it_changes() -> None:
    schedules, before = FakeSchedules(row("broken", cron="61 * * * *")), refusals()
    refusing = scheduler(schedules)

    for _ in range(3):
        refusing.fire_due()
    assert refusals() == before + 1

    schedules.rows = [row("broken", cron="0 99 * * *")]
    for _ in range(3):
        refusing.fire_due()
    assert refusals() == before + 2

    schedules.rows = [row("broken", cron="0 99 * * *", next_at=AT + timedelta(hours=1))]
    refusing.fire_due()
    assert refusals() == before + 3


def test_a_time_that_waits_is_reported_once() -> None:
    schedules = FakeSchedules(row(overlap="queue"))
    schedules.outcome = "queued"
    waiting, before = scheduler(schedules), decisions("queued")

    for _ in range(3):
        waiting.fire_due()

    assert len(schedules.fired) == 3
    assert decisions("queued") == before + 1


@pytest.mark.parametrize("moved", [True, False])
def test_a_time_that_another_instance_has_fired_is_not_counted(moved: bool) -> None:
    schedules = FakeSchedules(row())
    schedules.outcome = "moved" if moved else "fired"
    before = decisions("fired")

    scheduler(schedules).fire_due()

    assert decisions("fired") == before + (not moved)


def test_an_outage_of_the_database_delays_what_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.__main__.SCHEDULE_INTERVAL_SECONDS", 0.0)
    health, shutdown, schedules = Health(BROKER, DATABASE), ShutdownSignal(), FakeSchedules(row())
    schedules.errors = [StoreUnavailable("connection refused")]
    fire, problems = schedules.fire, []

    def fire_and_stop(name: str, **values: Any) -> str:
        problems.append(dict(health.problems()))
        shutdown.set()
        return fire(name, **values)

    schedules.fire = fire_and_stop  # type: ignore[method-assign]
    telemetry = WorkflowsTelemetry(health)
    fire_schedules(Scheduler(schedules, FakePlanner(), telemetry), telemetry, shutdown)  # type: ignore[arg-type]

    assert problems[0][DATABASE] == "connection refused"
    assert DATABASE not in health.problems()
    assert isinstance(schedules.fired[0]["due"], datetime)


def test_a_schedule_that_takes_too_long_keeps_no_other_from_firing() -> None:
    schedules = FakeSchedules(row("huge", spec={"source": "huge"}), row("nightly"))

    with pytest.raises(StoreTimeout, match="schedule huge: canceling statement"):
        scheduler(schedules).fire_due()

    assert [fired["name"] for fired in schedules.fired] == ["nightly"]
    assert [waiting["name"] for waiting in schedules.rows] == ["huge"]
