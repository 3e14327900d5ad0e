"""Sources, schedules and backfills by the API."""

from typing import Any

import pytest

from runtime.access import Role
from tests.unit.dashboard.dashboard_server import DashboardServer
from tests.unit.fake_keys import KEYS
from tests.unit.fake_workflows import SOURCE
from tests.unit.http_client import Response
from tests.unit.openapi import check_response

BACKFILL = {"source": "attic", "from": "2026-11-01T00:00:00Z", "to": "2026-11-08T00:00:00Z", "chunk": "P1D"}


def as_admin(dashboard: DashboardServer, method: str, path: str, body: Any = None) -> Response:
    return dashboard.send(path, body, method, Authorization=f"Bearer {KEYS[Role.ADMIN]}")


def backfill(dashboard: DashboardServer, key: str | None = None, **changes: Any) -> Response:
    headers = {"Idempotency_Key": key} if key else {}
    operator = f"Bearer {KEYS[Role.OPERATOR]}"
    return dashboard.send("/api/backfills", BACKFILL | changes, Authorization=operator, **headers)


def test_a_source_is_created_read_and_removed(dashboard: DashboardServer) -> None:
    created = as_admin(dashboard, "PUT", "/api/sources/cellar", SOURCE)
    read = dashboard.send("/api/sources/cellar")
    listed = dashboard.send("/api/sources")
    removed = as_admin(dashboard, "DELETE", "/api/sources/cellar")

    assert (created.status, created.json["created_by"]) == (200, "key:admin")
    assert created.json == read.json == removed.json
    assert [source["name"] for source in listed.json["sources"]] == ["attic", "cellar"]
    for method, response in (("put", created), ("get", read), ("delete", removed)):
        check_response(dashboard.openapi, "/api/sources/{name}", response, method)
    assert dashboard.send("/api/sources/cellar").status == 404


def test_a_stored_source_that_workers_refuse_is_listed_with_the_reason(dashboard: DashboardServer) -> None:
    dashboard.workflows.statements.sources["attic"]["options"] = {"database": "home", "colour": "blue"}

    response = dashboard.send("/api/sources")

    check_response(dashboard.openapi, "/api/sources", response)
    [source] = response.json["sources"]
    assert source["options"]["colour"] == "blue"
    assert "colour" in source["problem"]
    assert as_admin(dashboard, "DELETE", "/api/sources/attic").status == 200


@pytest.mark.parametrize(
    ("name", "changes", "field"),
    [
        ("cellar", {"address": "http://user:secret@influx"}, "address"),
        ("cellar", {"options": {}}, "options"),
        ("cellar", {"name": "attic"}, "name"),
        ("Cellar", {}, "name"),
        ("cellar", {"kind": "oracle"}, "kind"),
    ],
)
def test_a_source_that_cannot_be_used_is_refused_without_its_secret(
    dashboard: DashboardServer, name: str, changes: dict[str, Any], field: str
) -> None:
    response = as_admin(dashboard, "PUT", f"/api/sources/{name}", SOURCE | changes)

    assert (response.status, response.json["field"]) == (422, field)
    assert b"secret@" not in response.body
    assert list(dashboard.workflows.statements.sources) == ["attic"]


def test_a_replaced_source_keeps_its_cursor_unless_one_is_given(dashboard: DashboardServer) -> None:
    known = dashboard.workflows.statements.sources["attic"]
    known["cursor"] = "2026-11-01T00:00:00Z"
    without = {name: value for name, value in SOURCE.items() if name != "cursor"}

    kept = as_admin(dashboard, "PUT", "/api/sources/attic", without)
    reset = as_admin(dashboard, "PUT", "/api/sources/attic", SOURCE | {"cursor": None})

    assert (kept.json["cursor"], reset.json["cursor"]) == ("2026-11-01T00:00:00Z", None)


def test_a_source_is_tested_by_a_workflow(dashboard: DashboardServer) -> None:
    response = dashboard.change("/api/sources/attic/test", {})

    assert response.status == 202
    check_response(dashboard.openapi, "/api/sources/{name}/test", response)
    workflow = dashboard.send(f"/api/workflows/{response.json['workflow_id']}").json
    assert (workflow["kind"], workflow["spec"]) == ("source-test", {"source": "attic"})
    assert dashboard.change("/api/sources/cellar/test", {}).status == 404


def test_a_schedule_has_its_next_time_in_its_time_zone(dashboard: DashboardServer) -> None:
    body = {"kind": "rest", "spec": {"source": "attic"}, "cron": "30 2 * * *", "time_zone": "Europe/Berlin"}

    created = as_admin(dashboard, "PUT", "/api/schedules/nightly", body)
    listed = dashboard.send("/api/schedules")
    removed = as_admin(dashboard, "DELETE", "/api/schedules/nightly")

    assert (created.status, created.json["overlap"], created.json["catch_up"]) == (200, "skip", "last")
    assert created.json["next_at"][10:] in ("T00:30:00Z", "T01:30:00Z")
    assert listed.json["schedules"] == [created.json] == [removed.json]
    for method, response in (("put", created), ("delete", removed)):
        check_response(dashboard.openapi, "/api/schedules/{name}", response, method)
    assert dashboard.send("/api/schedules/nightly").status == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"cron": "30 2 * *"}, "cron"),
        ({"cron": "61 2 * * *"}, "cron"),
        ({"time_zone": "Mars"}, "time_zone"),
        ({"spec": {"seconds": -1}}, "spec.seconds"),
        ({"kind": "rest", "spec": {"source": "cellar"}}, "spec.source"),
        ({"overlap": "wait"}, "overlap"),
    ],
)
def test_a_schedule_that_could_not_fire_is_refused(
    dashboard: DashboardServer, changes: dict[str, Any], field: str
) -> None:
    body = {"kind": "dummy", "cron": "30 2 * * *"} | changes

    response = as_admin(dashboard, "PUT", "/api/schedules/nightly", body)

    assert (response.status, response.json["field"]) == (422, field)
    assert dashboard.workflows.schedules.rows == {}


def test_a_backfill_is_a_workflow_of_one_job_per_chunk(dashboard: DashboardServer) -> None:
    dry = backfill(dashboard, dry_run=True, newest_first=True)
    requested = backfill(dashboard, newest_first=True, max_running=2)

    assert (dry.status, dry.json["workflow_id"], dry.json["jobs"]) == (200, None, 7)
    assert dry.json["chunks"][0] == {"from": "2026-11-07T00:00:00Z", "to": "2026-11-08T00:00:00Z"}
    for response in (dry, requested):
        check_response(dashboard.openapi, "/api/backfills", response)
    assert requested.status == 201
    workflow = dashboard.send(f"/api/workflows/{requested.json['workflow_id']}").json
    assert (workflow["kind"], workflow["max_running"], len(workflow["jobs"])) == ("backfill", 2, 7)
    assert workflow["jobs"][0]["spec"]["from"] == "2026-11-07T00:00:00+00:00"


def test_a_repeated_backfill_has_the_first_one_whose_chunks_are_no_longer_missing(
    dashboard: DashboardServer,
) -> None:
    first = backfill(dashboard, "november")
    dashboard.workflows.statements.chunks = [
        {"state": "ready", "start": BACKFILL["from"], "end": BACKFILL["to"]}
    ]

    repeated, other = backfill(dashboard, "november"), backfill(dashboard, "november", revise=True)
    nothing = backfill(dashboard)

    assert (first.status, repeated.status, other.status) == (201, 200, 422)
    assert repeated.json["workflow_id"] == first.json["workflow_id"]
    assert other.json["field"] == "idempotency_key"
    assert (nothing.status, nothing.json["workflow_id"], nothing.json["jobs"]) == (200, None, 0)
    assert nothing.json["active"] == [{"from": "2026-11-01T00:00:00Z", "to": "2026-11-08T00:00:00Z"}]


def test_the_gaps_of_a_source_are_listed(dashboard: DashboardServer) -> None:
    response = dashboard.send("/api/gaps?source=attic")

    check_response(dashboard.openapi, "/api/gaps", response)
    assert response.json["gaps"] == [
        {
            "source": "attic",
            "sensor_id": "attic",
            "from": "2026-11-27T12:00:00Z",
            "to": "2026-11-27T13:00:00Z",
        }
    ]
    assert dashboard.send("/api/gaps?sensor=cellar").json == {"gaps": []}


def test_a_repeated_request_needs_neither_its_source_nor_anything_to_fetch(
    dashboard: DashboardServer,
) -> None:
    body = {"kind": "backfill", "spec": BACKFILL}
    headers = {"Authorization": f"Bearer {KEYS[Role.OPERATOR]}"}
    first = dashboard.send("/api/workflows", body, Idempotency_Key="k", **headers)
    dashboard.workflows.statements.sources.clear()

    repeated = dashboard.send("/api/workflows", body, Idempotency_Key="k", **headers)
    other = dashboard.send("/api/workflows", body, Idempotency_Key="k2", **headers)

    assert (first.status, repeated.status, other.status) == (201, 200, 422)
    assert repeated.json == {"workflow_id": first.json["workflow_id"], "created": False}
    assert other.json["field"] == "spec.source"
