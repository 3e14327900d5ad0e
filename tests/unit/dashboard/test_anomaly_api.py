"""Anomalies, forecasts and models by the API."""

from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from analysis.anomaly import AnomalyKind
from db.queries import anomalies as queries
from runtime.access import Role
from tests.unit.dashboard.dashboard_server import DashboardServer
from tests.unit.fake_keys import KEYS
from tests.unit.openapi import check_response

MARK, ROLL_BACK = "/api/anomalies/{anomaly_id}/mark", "/api/models/roll-back"


def test_the_kinds_are_those_of_the_analysis() -> None:
    assert list(get_args(queries.AnomalyKind)) == list(AnomalyKind)


def test_anomalies_are_selected_by_sensor_kind_time_and_state(dashboard: DashboardServer) -> None:
    query = "sensor=1&kind=spike&open=true&from=2026-11-26T00:00:00Z&limit=5"
    response = dashboard.send(f"/api/anomalies?{query}")

    assert response.json["anomalies"][0]["reason"] == "rose by 4 K"
    check_response(dashboard.openapi, "/api/anomalies", response)
    [(selection, most)] = dashboard.anomalies.selections
    assert (selection.sensors, selection.kinds, selection.is_open, most) == (["1"], ["spike"], True, 5)
    assert (selection.since, selection.until) == (datetime(2026, 11, 26, tzinfo=UTC), None)


@pytest.mark.parametrize(
    "query",
    ["kind=odd", "limit=0", "limit=1001", "open=yes", "from=yesterday", "from=2026-11-23&to=2026-11-22"],
)
def test_a_selection_that_is_not_understood_is_refused_with_its_parameter(
    dashboard: DashboardServer, query: str
) -> None:
    response = dashboard.send(f"/api/anomalies?{query}")

    assert response.status == 422
    assert query.startswith(response.json["field"])
    assert dashboard.anomalies.selections == []


@pytest.mark.parametrize("verdict", ["right", "wrong", None])
def test_an_anomaly_is_marked_and_the_mark_is_taken_back(
    dashboard: DashboardServer, verdict: str | None
) -> None:
    response = dashboard.change("/api/anomalies/7/mark", {"verdict": verdict, "note": "door open"})

    assert (response.status, response.json["verdict"]) == (200, verdict)
    check_response(dashboard.openapi, MARK, response, "post")
    assert dashboard.anomalies.changes == [("key:operator", 7, verdict, "door open")]


@pytest.mark.parametrize(
    ("number", "body", "field"),
    [
        (7, {}, "verdict"),
        (7, {"verdict": "maybe"}, "verdict"),
        (7, {"verdict": "right", "note": "x" * 501}, "note"),
        (8, {"verdict": "right"}, "anomaly_id"),
        (0, {"verdict": "right"}, "anomaly_id"),
    ],
)
def test_a_mark_that_is_not_understood_is_refused_with_its_field(
    dashboard: DashboardServer, number: int, body: dict[str, Any], field: str
) -> None:
    response = dashboard.change(f"/api/anomalies/{number}/mark", body)

    assert (response.status, response.json["field"]) == (422, field)
    check_response(dashboard.openapi, MARK, response, "post")
    assert dashboard.anomalies.changes == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/anomalies/7/mark", {"verdict": "right"}),
        (ROLL_BACK, {"sensor_id": "1", "kind": "season", "version": 3}),
    ],
)
def test_changes_require_an_operator(dashboard: DashboardServer, path: str, body: dict[str, Any]) -> None:
    response = dashboard.change(path, body, KEYS[Role.VIEWER])

    assert response.status == 403
    assert dashboard.anomalies.changes == dashboard.models.changes == []


def test_while_the_database_is_down_nothing_is_changed_and_the_response_says_so(
    dashboard: DashboardServer,
) -> None:
    dashboard.anomalies.is_down = True

    shown, marked = (
        dashboard.send("/api/anomalies"),
        dashboard.change("/api/anomalies/7/mark", {"verdict": "right"}),
    )

    assert shown.status == marked.status == 503
    assert "Nothing was changed; try again in a moment." in marked.json["detail"]


def test_a_sensor_has_a_forecast_with_its_model_and_an_offline_one_a_virtual_value(
    dashboard: DashboardServer,
) -> None:
    live, offline = (dashboard.send(f"/api/forecast?sensor={id_}") for id_ in ("1", "hall/1"))

    for response in (live, offline):
        check_response(dashboard.openapi, "/api/forecast", response)
    assert (live.json["forecast"]["kind"], live.json["forecast"]["version"]) == ("season", 3)
    assert live.json["forecast"]["points"] == [
        {"at": "2026-11-26T12:00:00Z", "mean": 20.0, "lower": 19.0, "upper": 21.0}
    ]
    assert live.json["virtual_value"] is None
    assert (offline.json["forecast"], offline.json["virtual_value"]["neighbours"]) == (None, ["1"])


@pytest.mark.parametrize("path", ["/api/forecast", "/api/models"])
def test_a_sensor_that_is_unknown_or_missing_is_refused(dashboard: DashboardServer, path: str) -> None:
    unknown, missing = dashboard.send(f"{path}?sensor=2"), dashboard.send(path)

    assert (unknown.status, unknown.json["detail"]) == (404, "There is no sensor 2.")
    assert (missing.status, missing.json["field"]) == (422, "sensor")


def test_a_sensor_has_versions_of_models_and_their_evaluations(dashboard: DashboardServer) -> None:
    response = dashboard.send("/api/models?sensor=1")

    check_response(dashboard.openapi, "/api/models", response)
    assert [version["version"] for version in response.json["models"]] == [3]
    assert [each["skill"] for each in response.json["evaluations"]] == [0.5]


def test_a_model_is_rolled_back_to_a_version_that_exists(dashboard: DashboardServer) -> None:
    body = {"sensor_id": "1", "kind": "season", "version": 3}
    done, refused = dashboard.change(ROLL_BACK, body), dashboard.change(ROLL_BACK, body | {"version": 4})

    for response in (done, refused):
        check_response(dashboard.openapi, ROLL_BACK, response, "post")
    assert (done.status, done.json["version"]) == (200, 3)
    assert (refused.status, refused.json["field"]) == (422, "version")
    assert dashboard.models.changes == [("key:operator", "1", "season", 3)]
