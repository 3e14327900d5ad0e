"""The sensors with the minutes of their last hour."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from db.queries.backup import BackupState
from db.queries.status import MinuteMean
from db.settings import DatabaseSettings
from monitoring import sensors
from monitoring.model import FailedWorkflow, UnclaimedJobs, Workflows
from monitoring.sensors import MAX_ANOMALIES, MAX_EXCURSIONS, MINUTES, SensorProbe
from tests.unit.monitoring.samples import NOW, sensor

ANOMALY = {
    "anomaly_id": 7, "sensor_id": "1", "kind": "stuck", "started_at": NOW, "observed": 20.0, "expected": 20.5,
    "reason": "20 °C for 40 readings",
}  # fmt: skip
EXCURSION = {
    "excursion_id": 7, "sensor_id": "1", "rule": "high", "threshold": 8.0, "severity": "critical",
    "started_at": NOW, "peak": 12.0, "acknowledged_by": None,
}  # fmt: skip
BACKUP = BackupState(is_received=True)


class FakeStates:
    """A database that returns the next of the given minutes per query, and records the queries."""

    def __init__(self, *minutes: dict[datetime, float]) -> None:
        self.reads: list[datetime] = []
        self._remaining = iter(minutes)

    def sensors(self) -> list[dict[str, Any]]:
        return [{name: value for name, value in vars(sensor()).items() if name != "minutes"}]

    def minutes(self, since: datetime) -> list[MinuteMean]:
        self.reads.append(since)
        return [MinuteMean("1", minute, mean) for minute, mean in next(self._remaining).items()]

    def open_excursions(self, most: int) -> tuple[int, list[dict[str, Any]]]:
        return 30, [{**EXCURSION, "excursion_id": number} for number in range(most)]

    def open_anomalies(self, most: int) -> tuple[int, list[dict[str, Any]]]:
        return 30, [{**ANOMALY, "anomaly_id": number} for number in range(most)]

    def failed_workflows(self, age: timedelta, most: int) -> list[dict[str, Any]]:
        return [
            {"workflow_id": UUID(int=1), "kind": "rest", "schedule": None, "ended_at": NOW, "error": "401"}
        ]

    def unclaimed_jobs(self, age: timedelta) -> list[dict[str, Any]]:
        return [{"kind": "rest", "jobs": 3, "ready_since": NOW}]

    def backup(self) -> BackupState:
        return BACKUP

    def close(self) -> None: ...


@pytest.fixture
def probe(monkeypatch: pytest.MonkeyPatch) -> Callable[[FakeStates], SensorProbe]:
    def make(states: FakeStates) -> SensorProbe:
        monkeypatch.setattr(sensors, "SensorStates", lambda _: states)
        return SensorProbe(DatabaseSettings())

    return make


def test_the_whole_hour_is_read_once_per_minute_and_the_last_two_minutes_each_time(
    probe: Callable[[FakeStates], SensorProbe],
) -> None:
    # given readings in the first minute of the hour and in its last two minutes
    this = NOW.replace(second=0)
    first, last = this - timedelta(minutes=59), this - timedelta(minutes=1)
    states = FakeStates(
        {first: 1.0, last: 2.0, this: 3.0}, {last: 2.5, this: 3.5}, {this + timedelta(minutes=1): 9.0}
    )
    read = probe(states)
    # when they are read within the same minute and in the next one
    ((one,), (two,), (three,)) = (read(NOW + timedelta(seconds=n)).sensors for n in (0, 1, 60))
    # then only what may have changed was read again
    assert states.reads == [first, last, first + timedelta(minutes=1)]
    nothing = [None] * (MINUTES - 3)
    assert one.minutes == [1.0, *nothing, 2.0, 3.0]
    assert two.minutes == [1.0, *nothing, 2.5, 3.5]
    assert three.minutes == [None] * (MINUTES - 1) + [9.0]


@pytest.mark.parametrize(
    ("kind", "most", "row"),
    [("anomalies", MAX_ANOMALIES, ANOMALY), ("excursions", MAX_EXCURSIONS, EXCURSION)],
)
def test_the_latest_of_what_lasts_is_listed_and_all_is_counted(
    probe: Callable[[FakeStates], SensorProbe], kind: str, most: int, row: dict[str, Any]
) -> None:
    found = getattr(probe(FakeStates({}))(NOW), kind)

    assert (found.total, len(found.latest)) == (30, most)
    assert vars(found.latest[7]) == row


def test_workflows_that_failed_and_jobs_without_a_worker_are_found(
    probe: Callable[[FakeStates], SensorProbe],
) -> None:
    assert probe(FakeStates({}))(NOW).workflows == Workflows(
        failed=[
            FailedWorkflow(workflow_id=UUID(int=1), kind="rest", schedule=None, ended_at=NOW, error="401")
        ],
        unclaimed=[UnclaimedJobs(kind="rest", jobs=3, ready_since=NOW)],
    )


def test_the_backup_is_read(probe: Callable[[FakeStates], SensorProbe]) -> None:
    assert probe(FakeStates({}))(NOW).backup == BACKUP
