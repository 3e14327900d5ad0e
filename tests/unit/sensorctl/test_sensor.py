"""`sensorctl sensor`: what its options change, and what they refuse."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from db.queries.sensors import to_settings
from limits.definition import LimitValues
from readings.sensor_changes import SensorChanges, SensorSettings
from sensorctl.sensors import commands
from tests.unit.dashboard.dashboard_server import MINUTE, sensor_row
from tests.unit.fake_limits import LIMIT
from tests.unit.fakes import RunCommand


class Recorded:
    """The changes that were made, and how often they were applied to stored readings."""

    def __init__(self) -> None:
        self.changes: list[tuple[str, dict[str, Any]]] = []
        self.limits: list[LimitValues] = []
        self.merges: list[tuple[str, str]] = []
        self.finished = 0

    def change(
        self,
        _settings: Any,
        _actor: str,
        sensor_id: str,
        changes: SensorChanges,
        limits: Sequence[LimitValues] = (),
    ) -> SensorSettings:
        self.limits += limits
        self.changes.append((sensor_id, changes.given()))
        pending = MINUTE if changes.since else None
        return to_settings(sensor_row(sensor_id)).model_copy(update={"recalibrated_until": pending})

    def change_several(
        self, settings: Any, actor: str, sensor_ids: Sequence[str], changes: SensorChanges
    ) -> list[SensorSettings]:
        return [self.change(settings, actor, sensor_id, changes) for sensor_id in sensor_ids]

    def merge(self, _settings: Any, _actor: str, source: str, target: str) -> SensorSettings:
        self.merges.append((source, target))
        return to_settings(sensor_row(source))

    def finish(self, *_: Any) -> None:
        self.finished += 1


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    recorded = Recorded()
    retired = to_settings(sensor_row("2") | {"retired_at": MINUTE, "merged_into": "1"})
    monkeypatch.setattr(commands, "discover_settings", lambda: None)
    monkeypatch.setattr(commands, "discover_manager_settings", lambda: None)
    monkeypatch.setattr(commands, "read_sensors", lambda _: [to_settings(sensor_row("1")), retired])
    monkeypatch.setattr(commands, "read_sensor", lambda *_: None)
    monkeypatch.setattr(commands, "change_sensor", recorded.change)
    monkeypatch.setattr(commands, "change_sensors", recorded.change_several)
    monkeypatch.setattr(commands, "merge_sensor", recorded.merge)
    monkeypatch.setattr(commands, "continue_changes", recorded.finish)
    monkeypatch.setattr(commands, "read_limits", lambda _: [LIMIT] if recorded.limits else [])
    return recorded


def test_only_what_is_given_is_changed_and_none_clears_it(sensorctl: RunCommand, recorded: Recorded) -> None:
    code, _, _ = sensorctl("sensor", "set", "1", "--name", " Hall ", "--note", "none", "--offset", "-0.5")
    assert code == 0
    assert recorded.changes == [("1", {"name": "Hall", "note": None, "offset": -0.5})]
    assert recorded.finished == 0


def test_a_calibration_since_a_time_is_applied_to_stored_readings(
    sensorctl: RunCommand, recorded: Recorded
) -> None:
    code, out, _ = sensorctl("sensor", "set", "1", "--slope", "1.02", "--since", "2026-01-01", "--json")
    assert (code, recorded.finished) == (0, 1)
    assert recorded.changes == [("1", {"slope": 1.02, "since": "2026-01-01T00:00:00Z"})]
    assert json.loads(out)["recalibrated_until"] is None


def test_limits_are_set_with_the_other_fields_at_once(sensorctl: RunCommand, recorded: Recorded) -> None:
    code, out, _ = sensorctl("sensor", "set", "1", "--name", "Hall", "--high", "8", "--for", "10m")
    assert code == 0
    assert recorded.changes == [("1", {"name": "Hall"})]
    assert [(each.high, each.low, each.delay_seconds) for each in recorded.limits] == [(8, None, 600)]
    assert "above 8 °C, for " in out
    assert sensorctl("sensor", "set", "1", "--low", "2")[0] == 0
    assert recorded.changes[1:] == [("1", {})]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "nothing to change"),
        (("--offset", "nan"), "offset: must be a finite number"),
        (("--offset", "0,5"), "offset: must be a number"),
        (("--slope", "-1"), "slope: must be at least 0.01"),
        (("--plausible-max", "20000"), "plausible_max: must be at most 10000"),
        (("--expected-interval", "0"), "expected_interval_seconds: must be greater than 0"),
        (("--unit", "volt"), "unit: must be celsius, fahrenheit or kelvin"),
        (("--offset", "1", "--since", "yesterday"), "is neither a time nor an age"),
        (("--name", "Hall", "--for", "10m"), "give --high or --low, too"),
        (("--severity", "critical"), "give --high or --low, too"),
        (("--name", "Hall", "--high", "2", "--low", "3"), "low: 3 °C must be below the high limit 2 °C"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field_and_changes_nothing(
    sensorctl: RunCommand, recorded: Recorded, options: tuple[str, ...], message: str
) -> None:
    code, _, err = sensorctl("sensor", "set", "1", *options)
    assert code == 2
    assert message in " ".join(err.replace("│", " ").split())
    assert recorded.changes == []


def test_several_sensors_are_retired_together(sensorctl: RunCommand, recorded: Recorded) -> None:
    code, out, _ = sensorctl("sensor", "retire", "1", "2", "Ku\u0308che", "--json")

    assert code == 0
    retired = {"retired": True}
    assert recorded.changes == [("1", retired), ("2", retired), ("K\u00fcche", retired)]
    assert len(json.loads(out)) == 3
    assert sensorctl("sensor", "retire", "1", "2", "--undo")[0] == 0
    assert recorded.changes[3:] == [("1", {"retired": False}), ("2", {"retired": False})]


def test_sensors_are_retired_listed_and_merged(sensorctl: RunCommand, recorded: Recorded) -> None:
    assert sensorctl("sensor", "retire", "1")[0] == 0
    assert sensorctl("sensor", "retire", "1", "--undo")[0] == 0
    assert recorded.changes == [("1", {"retired": True}), ("1", {"retired": False})]
    assert [s["sensor_id"] for s in json.loads(sensorctl("sensor", "list", "--json")[1])] == ["1"]
    assert "merged into 1" in sensorctl("sensor", "list", "--all")[1]
    assert "Moved the readings of 2 to 1." in sensorctl("sensor", "merge", "2", "1")[1]
    assert (recorded.merges, recorded.finished) == ([("2", "1")], 1)


def test_a_sensor_that_does_not_exist_is_not_shown(sensorctl: RunCommand, recorded: Recorded) -> None:
    code, _, err = sensorctl("sensor", "show", "7")
    assert (code, "There is no sensor 7" in err) == (1, True)
