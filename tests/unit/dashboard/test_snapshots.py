"""The state that a client receives first, and the changes after it."""

import json

from dashboard.snapshots import Snapshot, SnapshotStore, describe_change, describe_state
from monitoring.model import SystemStatus
from tests.system_status import DATABASE_DOWN, healthy_status, outage_status, sensor


def take_snapshots(*statuses: SystemStatus) -> list[Snapshot]:
    store, snapshots = SnapshotStore(), []
    for status in statuses:
        store.publish(status)
        assert store.latest
        snapshots.append(store.latest)
    return snapshots


def test_the_state_is_everything_except_the_minutes_of_sensors() -> None:
    (snapshot,) = take_snapshots(healthy_status(sensor("1"), sensor("2", last_temperature=float("nan"))))

    state = json.loads(json.dumps(describe_state(snapshot), allow_nan=False))

    assert state["queue"]["ready"] == 4
    assert state["services"][0]["health"] == "ready"
    assert [item["sensor_id"] for item in state["sensors"]] == ["1", "2"]
    assert "minutes" not in state["sensors"][0]
    assert state["sensors"][1]["last_temperature"] is None, "JSON has no NaN"
    assert state["history"]["points"][0]["ready"] == 4


def test_a_change_has_only_the_parts_that_differ() -> None:
    previous, snapshot = take_snapshots(
        healthy_status(sensor("1"), sensor("2"), sensor("3")),
        healthy_status(sensor("1"), sensor("2", last_temperature=22.5), after_seconds=1),
    )

    change = describe_change(previous, snapshot)

    assert [item["sensor_id"] for item in change.pop("sensors")] == ["2"]
    assert change.pop("removed") == ["3"]
    assert change.keys() == {"at", "point"}


def test_a_part_that_differs_is_sent_completely() -> None:
    previous, snapshot = take_snapshots(healthy_status(), healthy_status(problems=[DATABASE_DOWN]))
    change = describe_change(previous, snapshot)
    (problem,) = change["problems"]
    assert (problem["message"], problem["severity"]) == (DATABASE_DOWN.message, "critical")
    assert describe_change(snapshot, previous)["problems"] == []


def test_after_an_outage_of_the_database_all_sensors_are_sent_again() -> None:
    before, during, after = take_snapshots(healthy_status(), outage_status(), healthy_status())
    assert describe_change(before, during)["sensors"] is None
    assert len(describe_change(during, after)["sensors"]) == 1
    assert describe_state(during)["sensors"] is None
