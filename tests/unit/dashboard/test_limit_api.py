"""Limits, excursions and silences by the API."""

from datetime import UTC, datetime
from typing import Any

import pytest

from db.errors import InvalidData
from tests.unit.dashboard.dashboard_server import DashboardServer
from tests.unit.openapi import check_response


def test_limits_are_set_by_a_key_and_durations_can_be_text(dashboard: DashboardServer) -> None:
    response = dashboard.change("/api/limits", {"sensor_id": "1", "high": 8, "for": "10m"})

    assert response.status == 200
    check_response(dashboard.openapi, "/api/limits", response, "post")
    [(actor, _, [rule])] = dashboard.limits.changes
    assert (actor, rule["kind"], rule["delay_seconds"]) == ("key:operator", "high", 600)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"sensor_id": "1", "high": 2, "low": 3}, "low"),
        ({"sensor_id": "1"}, "high"),
        ({"high": 8}, "sensor_id"),
        ({"pattern": "x*", "high": 8}, "pattern"),
        ({"sensor_id": "1", "high": "warm"}, "high"),
        ({"sensor_id": "1", "high": True}, "high"),
        ({"sensor_id": "1", "high": 8, "hysteresis": False}, "hysteresis"),
        ({"sensor_id": "1", "high": 8, "for": True}, "for"),
        ({"sensor_id": "1", "high": 8, "schedule": "08:00-09:00", "time_zone": "Mars"}, "time_zone"),
    ],
)
def test_what_contradicts_is_refused_with_the_field(
    dashboard: DashboardServer, body: dict[str, Any], field: str
) -> None:
    response = dashboard.change("/api/limits", body)

    assert (response.status, response.json["field"]) == (422, field)
    check_response(dashboard.openapi, "/api/limits", response, "post")
    assert dashboard.limits.changes == []


def test_an_excursion_is_acknowledged_with_a_note(dashboard: DashboardServer) -> None:
    response = dashboard.change("/api/excursions/7/acknowledge", {"note": "door open"})

    assert response.json["acknowledged_by"] == "key:operator"
    assert dashboard.limits.changes == [("key:operator", "acknowledge", 7, "door open")]


def test_excursions_are_selected_by_sensor_time_and_state(dashboard: DashboardServer) -> None:
    response = dashboard.send("/api/excursions?sensor=1&open=true&from=2026-11-26T00:00:00Z")

    assert response.json["excursions"][0]["excursion_id"] == 7
    [selection] = dashboard.limits.selections
    assert (selection.sensors, selection.is_open) == (["1"], True)
    assert (selection.since, selection.until) == (datetime(2026, 11, 26, tzinfo=UTC), None)


def test_a_range_of_excursions_is_given_as_that_of_a_series(dashboard: DashboardServer) -> None:
    assert dashboard.send("/api/excursions?from=2026-10-25&to=2026-10-26T00:00:00+01:00").status == 200

    [selection] = dashboard.limits.selections
    assert selection.since == datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert selection.until == datetime(2026, 10, 25, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("from=2026-11-23&to=2026-11-22", "from", "which is not before `to`, 2026-11-21T23"),
        ("from=2026-11-22T06:28", "from", "a time without an offset: use a date"),
        ("to=yesterday", "to", "is 'yesterday', which is not a time: use"),
    ],
)
def test_a_wrong_range_of_excursions_is_refused(
    dashboard: DashboardServer, query: str, field: str, message: str
) -> None:
    response = dashboard.send(f"/api/excursions?{query}")

    assert (response.status, response.json["field"]) == (422, field)
    assert message in response.json["detail"]
    assert dashboard.limits.selections == []


def test_silences_are_those_of_a_sensor_or_all(dashboard: DashboardServer) -> None:
    assert len(dashboard.send("/api/silences").json["silences"]) == 1
    assert len(dashboard.send("/api/silences?sensor=1").json["silences"]) == 1
    assert dashboard.send("/api/silences?sensor=2").json["silences"] == []


def test_a_silence_is_created_and_ended(dashboard: DashboardServer) -> None:
    created = dashboard.change("/api/silences", {"sensor_id": "1", "for": "2h"})

    assert created.status == 201
    assert dashboard.limits.changes == [("key:operator", "silence", 7200)]


def test_what_only_the_database_refuses_as_data_is_refused(
    dashboard: DashboardServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise InvalidData("value too long for type character varying(10) (SQLSTATE 22001)")

    monkeypatch.setattr(dashboard.limits, "silence", refuse)

    response = dashboard.change("/api/silences", {"sensor_id": "1", "for": "2h", "note": "a"})

    assert response.status == 422
    assert "value too long" in response.json["detail"]
    check_response(dashboard.openapi, "/api/silences", response, "post")
