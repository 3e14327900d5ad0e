"""`sensorctl setup`: schema, partitions, topology and policies."""

from typing import Any

import pytest

from db.errors import InvalidData, StoreUnavailable
from db.retention import Retention
from jobs.kinds import JOB_KINDS
from messaging.management.client import ManagementUnavailable
from messaging.topology import Topology, job_queue
from tests.unit.fake_broker import FakeBroker
from tests.unit.fakes import RunCommand

DATABASE_DOWN = StoreUnavailable("Connection refused")

QUEUES = {"sensor_data", "sensor_data.dead", "control.workflows", "files", *map(job_queue, JOB_KINDS)}


class SetupRecorder:
    """Records what `setup` does to the database and the broker; `errors` are raised first."""

    def __init__(self) -> None:
        self.upgrades = 0
        self.policies: list[Topology] = []
        self.dead_letter_policies: list[Topology] = []
        self.alternates: list[bool] = []
        self.errors: list[Exception] = []
        self.retentions: list[Retention] = []
        self.time_zones: list[str] = []

    def upgrade(self, _settings: Any) -> str:
        self.upgrades += 1
        if self.errors:
            raise self.errors.pop(0)
        return "0001"


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch, quick_retries: None) -> SetupRecorder:
    recorder = SetupRecorder()
    monkeypatch.setattr("sensorctl.setup.upgrade", recorder.upgrade)
    monkeypatch.setattr(
        "sensorctl.setup.prepare_partitions", lambda _, retention: recorder.retentions.append(retention)
    )
    monkeypatch.setattr("sensorctl.setup.prepare_rollups", lambda _, zone: recorder.time_zones.append(zone))
    monkeypatch.setattr(
        "sensorctl.setup.Management.set_delivery_limit_policy",
        lambda _, topology: recorder.policies.append(topology),
    )
    monkeypatch.setattr(
        "sensorctl.setup.Management.set_dead_letter_policy",
        lambda _, topology: recorder.dead_letter_policies.append(topology),
    )
    monkeypatch.setattr(
        "sensorctl.setup.Management.set_alternate_exchanges", lambda _: recorder.alternates.append(True)
    )
    return recorder


def test_setup_migrates_declares_the_topology_and_sets_the_policy(
    sensorctl: RunCommand, operators_broker: FakeBroker, recorder: SetupRecorder
) -> None:
    recorder.errors = [DATABASE_DOWN, DATABASE_DOWN]

    code, out, _ = sensorctl("setup")

    assert code == 0
    assert recorder.upgrades == 3
    assert set(operators_broker.queues) == QUEUES
    assert recorder.policies == recorder.dead_letter_policies == [Topology("sensor_data")]
    assert recorder.alternates == [True]
    assert out.count("database unavailable") == 2
    assert out.count("policy is set") == 3


@pytest.mark.parametrize(("variable", "days"), [("", None), ("30", 30)])
def test_setup_prepares_the_partitions_and_sets_the_retention(
    sensorctl: RunCommand,
    operators_broker: FakeBroker,
    recorder: SetupRecorder,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    days: int | None,
) -> None:
    monkeypatch.setenv("RETENTION_DAYS", variable)

    code, out, _ = sensorctl("setup")

    assert code == 0
    assert recorder.retentions == [Retention(days, days)]
    assert recorder.time_zones == ["UTC"]
    assert f"retention_days={days}" in out


def test_setup_leaves_the_partitions_to_the_consumers_when_they_are_locked(
    sensorctl: RunCommand,
    operators_broker: FakeBroker,
    recorder: SetupRecorder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: Any) -> None:
        raise StoreUnavailable("canceling statement due to lock timeout")

    monkeypatch.setattr("sensorctl.setup.prepare_partitions", fail)
    monkeypatch.setattr("sensorctl.setup.PARTITIONS_TIMEOUT_SECONDS", 0.03)

    code, out, _ = sensorctl("setup")

    assert code == 0
    assert "partition maintenance failed" in out
    assert "lock timeout" in out
    assert set(operators_broker.queues) == QUEUES


def test_each_level_has_a_retention_and_the_days_have_a_time_zone(
    sensorctl: RunCommand,
    operators_broker: FakeBroker,
    recorder: SetupRecorder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_retention(monkeypatch, "30", "forever", "")
    monkeypatch.setenv("TIME_ZONE", "Europe/Berlin")
    assert sensorctl("setup")[0] == 0
    set_retention(monkeypatch, "30", "90", "400")
    assert sensorctl("setup")[0] == 0
    assert recorder.retentions == [Retention(30, None), Retention(30, 90, 400)]
    assert recorder.time_zones == ["Europe/Berlin"] * 2


@pytest.mark.parametrize(
    ("readings", "minutes", "hours", "message"),
    [
        ("30", "7", "", "RETENTION_MINUTES_DAYS is 7, but readings are kept for 30 days (RETENTION_DAYS)"),
        ("", "7", "", "RETENTION_MINUTES_DAYS is 7, but readings are kept forever (RETENTION_DAYS)"),
        ("30", "", "7", "RETENTION_HOURS_DAYS is 7, but minutes are kept for 30 days (RETENTION_DAYS)"),
        (
            "30",
            "forever",
            "90",
            "but minutes are kept forever (RETENTION_MINUTES_DAYS): set RETENTION_MINUTES",
        ),
        ("30", "90", "60", "set RETENTION_MINUTES_DAYS to at most 60, or unset RETENTION_HOURS_DAYS"),
        ("30", "ever", "", "RETENTION_MINUTES_DAYS"),
    ],
)
def test_setup_rejects_rollups_that_are_kept_for_less_time_than_what_they_are_computed_from(
    sensorctl: RunCommand,
    operators_broker: FakeBroker,
    recorder: SetupRecorder,
    monkeypatch: pytest.MonkeyPatch,
    readings: str,
    minutes: str,
    hours: str,
    message: str,
) -> None:
    set_retention(monkeypatch, readings, minutes, hours)

    code, _, error = sensorctl("setup")

    assert code == 78
    assert message in " ".join(error.split())
    assert recorder.retentions == []


def test_setup_rejects_a_time_zone_whose_days_cannot_be_computed(
    sensorctl: RunCommand,
    operators_broker: FakeBroker,
    recorder: SetupRecorder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: Any) -> None:
        raise InvalidData("a day in Asia/Kathmandu starts at 18:15 UTC")

    monkeypatch.setenv("TIME_ZONE", "Asia/Kathmandu")
    monkeypatch.setattr("sensorctl.setup.prepare_rollups", fail)

    code, _, error = sensorctl("setup")

    assert code == 78
    assert "TIME_ZONE is 'Asia/Kathmandu': a day in Asia/Kathmandu starts at 18:15 UTC" in error


def set_retention(monkeypatch: pytest.MonkeyPatch, readings: str, minutes: str, hours: str) -> None:
    monkeypatch.setenv("RETENTION_DAYS", readings)
    monkeypatch.setenv("RETENTION_MINUTES_DAYS", minutes)
    monkeypatch.setenv("RETENTION_HOURS_DAYS", hours)


def test_setup_rejects_a_retention_of_less_than_a_day(
    sensorctl: RunCommand,
    operators_broker: FakeBroker,
    recorder: SetupRecorder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RETENTION_DAYS", "0")

    code, _, error = sensorctl("setup")

    assert code == 78
    assert "RETENTION_DAYS" in error
    assert recorder.retentions == []


def test_setup_succeeds_without_the_management_api(
    sensorctl: RunCommand,
    operators_broker: FakeBroker,
    recorder: SetupRecorder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def reject(*_: Any) -> None:
        raise ManagementUnavailable("401 Unauthorized")

    for method in ("set_delivery_limit_policy", "set_dead_letter_policy", "set_alternate_exchanges"):
        monkeypatch.setattr(f"sensorctl.setup.Management.{method}", reject)

    code, out, _ = sensorctl("setup")

    assert code == 0
    assert out.count("policy not set") == 3
    assert "401 Unauthorized" in out


def test_setup_gives_up_when_the_database_stays_down(
    sensorctl: RunCommand,
    operators_broker: FakeBroker,
    recorder: SetupRecorder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CONNECT_TIMEOUT_SECONDS", "0.03")
    recorder.errors = [DATABASE_DOWN] * 100_000

    assert sensorctl("setup")[0] == 69
    assert operators_broker.queues == {}
