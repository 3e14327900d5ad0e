"""The API of sensors: reading and changing what people have set."""

import pytest

from runtime.access import Role
from tests.unit.dashboard.dashboard_server import DashboardServer
from tests.unit.fake_keys import KEYS
from tests.waiting import DEADLINE_SECONDS, eventually


def patch(
    dashboard: DashboardServer, sensor: str, body: object, role: Role = Role.OPERATOR
) -> tuple[int, dict[str, object]]:
    response = dashboard.send(f"/api/sensors/{sensor}", body, "PATCH", Authorization=f"Bearer {KEYS[role]}")
    return response.status, response.json


def test_sensors_are_listed_and_shown_also_with_a_slash_in_their_id(dashboard: DashboardServer) -> None:
    listed = dashboard.send("/api/sensors").json["sensors"]
    assert [sensor["sensor_id"] for sensor in listed] == ["1", "hall/1"]
    shown = dashboard.send("/api/sensors/hall%2F1").json
    assert (shown["sensor_id"], shown["offset"], shown["retired"], shown["calibrations"]) == (
        "hall/1", 0, False, [],
    )  # fmt: skip
    assert [(limit["kind"], limit["threshold"]) for limit in shown["limits"]] == [("high", 8)]
    assert dashboard.send("/api/sensors/2").status == 404


def test_a_change_is_made_by_the_name_of_the_key_and_applied_to_stored_readings(
    dashboard: DashboardServer,
) -> None:
    status, changed = patch(dashboard, "1", {"name": " Fridge ", "note": None, "offset": -0.5})

    assert (status, changed["sensor_id"]) == (200, "1")
    [(actor, sensor, changes)] = dashboard.sensors.changes
    assert (actor.startswith("key:"), sensor) == (True, "1")
    assert changes == {"name": "Fridge", "note": None, "offset": -0.5}
    eventually(lambda: dashboard.sensors.recalculations == 1, DEADLINE_SECONDS, "readings are recalibrated")


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ({"offset": 2000}, "offset", "must be at most 1000"),
        ({"offset": "nan"}, "offset", "must be a finite number"),
        ({"offset": 10**309}, "offset", "must be a finite number"),
        ({"slope": 0}, "slope", "must be at least 0.01"),
        ({"plausible_min": -300}, "plausible_min", "must be at least -273.15"),
        ({"plausible_min": 50}, "plausible_min", "contains no temperature"),
        ({"expected_interval_seconds": 0}, "expected_interval_seconds", "must be greater than 0"),
        ({"unit": "volt"}, "unit", "must be celsius, fahrenheit or kelvin"),
        ({"name": "a\nb"}, "name", "line breaks"),
        ({"since": "2026-01-01T00:00:00"}, "since", "must have its UTC offset"),
        ({"colour": "red"}, "colour", "is not known"),
        ({"limits": []}, "limits", "must have at least 1 items"),
        ({"limits": None}, "limits", "must be an array"),
        ({"limits": [{"high": "warm"}]}, "limits", "limits.0.high: must be a number"),
        ({"limits": [{"sensor_id": "2", "high": 8}]}, "limits", "limits.0.sensor_id: is not known"),
        ({"limits": [{"high": 2, "low": 3}]}, "low", "must be below the high limit"),
        (
            {"limits": [{"high": 8}, {"high": 9, "low": 2}]},
            "limits",
            "the limit high with the severity warning",
        ),
    ],
)
def test_a_refused_change_names_the_field_and_changes_nothing(
    dashboard: DashboardServer, body: dict[str, object], field: str, message: str
) -> None:
    status, problem = patch(dashboard, "1", body)

    assert (status, problem["field"]) == (422, field)
    assert message in str(problem["detail"])
    assert (dashboard.sensors.changes, dashboard.sensors.rules) == ([], [])


def test_limits_are_set_together_with_other_fields(dashboard: DashboardServer) -> None:
    limits = [{"high": 8, "low": 2, "for": "10m"}, {"high": 10, "severity": "critical"}]

    status, _ = patch(dashboard, "hall%2F1", {"name": "Fridge", "limits": limits})

    assert status == 200
    assert dashboard.sensors.changes[0][1:] == ("hall/1", {"name": "Fridge"})
    assert [
        (rule["sensor_id"], rule["kind"], rule["threshold"], rule["delay_seconds"], rule["severity"])
        for rule in dashboard.sensors.rules
    ] == [
        ("hall/1", "high", 8.0, 600.0, "warning"),
        ("hall/1", "low", 2.0, 600.0, "warning"),
        ("hall/1", "high", 10.0, 0.0, "critical"),
    ]


def test_a_sensor_that_does_not_exist_and_an_outage_are_distinguished(dashboard: DashboardServer) -> None:
    assert patch(dashboard, "2", {"name": "x"})[0] == 404
    dashboard.sensors.is_down = True
    status, problem = patch(dashboard, "1", {"name": "x"})
    assert status == 503
    assert "Nothing was changed; try again in a moment" in str(problem["detail"])


def test_a_viewer_changes_nothing(dashboard: DashboardServer) -> None:
    assert patch(dashboard, "1", {"name": "x"}, Role.VIEWER)[0] == 403
    assert dashboard.sensors.changes == []


def test_sensors_are_merged(dashboard: DashboardServer) -> None:
    response = dashboard.change("/api/sensor-merges", {"source": "1", "into": "hall/1"})

    assert response.json["merged_into"] == "hall/1"
    assert dashboard.sensors.changes[0][1:] == ("1", "hall/1")
    eventually(lambda: dashboard.sensors.recalculations == 1, DEADLINE_SECONDS, "readings are moved")
