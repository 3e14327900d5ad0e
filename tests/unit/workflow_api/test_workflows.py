"""Requesting, reading and controlling workflows by the API."""

from typing import Any

import pytest

from runtime.access import Role
from tests.unit.dashboard.dashboard_server import DashboardServer
from tests.unit.fake_keys import KEYS
from tests.unit.http_client import Response
from tests.unit.openapi import check_response
from tests.unit.sensorctl.workflows.rows import AT, WORKFLOW_ID, event

WORKFLOWS = "/api/workflows"
ONE = f"{WORKFLOWS}/{WORKFLOW_ID}"
TEMPLATE = f"{WORKFLOWS}/{{workflow_id}}"


def request(dashboard: DashboardServer, body: Any, key: str | None = None, path: str = WORKFLOWS) -> Response:
    headers = {"Authorization": f"Bearer {KEYS[Role.OPERATOR]}"}
    return dashboard.send(path, body, **headers, **({"Idempotency_Key": key} if key else {}))


def test_a_workflow_is_requested_with_its_jobs_and_every_field_of_its_spec(
    dashboard: DashboardServer,
) -> None:
    response = request(dashboard, {"kind": "dummy", "spec": {"seconds": 1}})

    assert response.status == 201
    check_response(dashboard.openapi, WORKFLOWS, response, "post")
    assert response.headers["Location"] == f"/api/workflows/{response.json['workflow_id']}"
    created = dashboard.send(response.headers["Location"]).json
    assert (created["requested_by"], created["spec"]) == ("key:operator", {"seconds": 1.0, "steps": 10})
    assert [(job["kind"], job["spec"]) for job in created["jobs"]] == [("dummy", created["spec"])]


def test_a_repeated_request_has_the_first_workflow_and_another_body_is_refused(
    dashboard: DashboardServer,
) -> None:
    first = request(dashboard, {"kind": "dummy", "spec": {"seconds": 1}}, "nightly-7")
    repeated = request(dashboard, {"kind": "dummy", "spec": {"steps": 10, "seconds": 1.0}}, "nightly-7")
    other = request(dashboard, {"kind": "dummy", "spec": {"seconds": 2}}, "nightly-7")

    assert (first.status, repeated.status, other.status) == (201, 200, 422)
    assert repeated.json == {"workflow_id": first.json["workflow_id"], "created": False}
    assert other.json["field"] == "idempotency_key"
    for response in (repeated, other):
        check_response(dashboard.openapi, WORKFLOWS, response, "post")


@pytest.mark.parametrize(
    ("body", "field", "detail"),
    [
        ({"kind": "dumy"}, "kind", "there is no kind of workflow dumy; the kinds are dummy"),
        ({"kind": "dummy", "spec": {"seconds": -1}}, "spec.seconds", "must be at least 0"),
        ({"kind": "live", "spec": {"source": "cellar"}}, "spec.source", "there is no source cellar"),
        ({"kind": "dummy", "max_running": 0}, "max_running", "must be at least 1"),
        ({"kind": "dummy", "priority": 1}, "priority", "is not known"),
        ({}, "kind", "is missing"),
    ],
)
def test_a_request_that_cannot_be_done_is_refused_with_the_field(
    dashboard: DashboardServer, body: dict[str, Any], field: str, detail: str
) -> None:
    response = request(dashboard, body)

    assert (response.status, response.json["field"]) == (422, field)
    assert detail in response.json["detail"]
    assert dashboard.workflows.requests.options == []


def test_the_number_of_jobs_at_once_may_be_in_the_spec_or_beside_it(dashboard: DashboardServer) -> None:
    spec = {
        "source": "attic",
        "from": "2026-11-01T00:00:00Z",
        "to": "2026-11-08T00:00:00Z",
        "max_running": 2,
    }

    for body in ({"spec": spec}, {"spec": spec, "max_running": 3}):
        assert request(dashboard, {"kind": "backfill", **body}).status == 201

    assert [options.max_running for options in dashboard.workflows.requests.options] == [2, 3]


def test_while_the_database_is_down_the_request_can_be_repeated(dashboard: DashboardServer) -> None:
    dashboard.workflows.requests.is_down = True

    response = request(dashboard, {"kind": "dummy"}, "k")

    assert response.status == 503
    assert "Send the request again; with an Idempotency-Key it is done once" in response.json["detail"]


def test_workflows_are_listed_page_by_page_the_newest_first(dashboard: DashboardServer) -> None:
    ids = [request(dashboard, {"kind": "dummy"}).json["workflow_id"] for _ in range(3)]

    first = dashboard.send(f"{WORKFLOWS}?limit=2&state=ready")
    second = dashboard.send(f"{WORKFLOWS}?limit=2&state=ready&cursor={first.json['next_cursor']}")

    check_response(dashboard.openapi, WORKFLOWS, first, "get")
    found = [row["workflow_id"] for page in (first, second) for row in page.json["workflows"]]
    assert found == ids[::-1]
    assert second.json["next_cursor"] is None
    assert dashboard.send(f"{WORKFLOWS}?state=ended").status == 422


def test_a_workflow_that_does_not_exist_is_not_found(dashboard: DashboardServer) -> None:
    response = dashboard.send(f"{WORKFLOWS}/0199a3f0-0000-4000-8000-00000000dead")

    assert response.status == 404
    check_response(dashboard.openapi, TEMPLATE, response)
    assert dashboard.send(f"{WORKFLOWS}/17").status == 422


@pytest.mark.parametrize("change", ["cancel", "pause", "resume", "retry"])
def test_a_workflow_is_controlled_by_the_key_that_is_recorded(
    dashboard: DashboardServer, change: str
) -> None:
    response = request(dashboard, {}, path=f"{ONE}/{change}")

    assert response.status == 202
    check_response(dashboard.openapi, f"{TEMPLATE}/{change}", response)
    assert dashboard.workflows.requests.changes == [(change, "key:operator", WORKFLOW_ID)]


def test_a_question_is_shown_and_answered(dashboard: DashboardServer) -> None:
    offered = [{"label": "day first", "options": {"time_format": "%d/%m/%Y"}}]
    refused = request(dashboard, {"option": 1}, path=f"{ONE}/answer")
    [job] = dashboard.workflows.queries.jobs(WORKFLOW_ID, 1)
    job |= {"kind": "test", "state": "paused", "question": {"question": "Which?", "options": offered}}

    shown = dashboard.send(ONE).json["jobs"][0]["question"]
    response = request(dashboard, {"option": 1, "options": {"sensor": "hall"}}, path=f"{ONE}/answer")

    assert (refused.status, refused.json["field"]) == (422, "state")
    assert shown["options"] == offered
    assert response.status == 202
    check_response(dashboard.openapi, f"{TEMPLATE}/answer", response)
    assert dashboard.workflows.requests.answers == [{"time_format": "%d/%m/%Y", "sensor": "hall"}]


def test_a_change_that_is_not_possible_says_why(dashboard: DashboardServer) -> None:
    dashboard.workflows.queries.rows[WORKFLOW_ID]["state"] = "succeeded"

    response = request(dashboard, {}, path=f"{ONE}/cancel")

    assert (response.status, response.json["field"]) == (422, "state")
    assert "has ended already" in response.json["detail"]


def test_an_ended_workflow_is_requested_again_with_the_same_jobs(dashboard: DashboardServer) -> None:
    refused = request(dashboard, {}, path=f"{ONE}/rerun")
    dashboard.workflows.queries.rows[WORKFLOW_ID]["state"] = "failed"
    first = request(dashboard, {}, "again", path=f"{ONE}/rerun")
    repeated = request(dashboard, {}, "again", path=f"{ONE}/rerun")

    assert (refused.status, refused.json["field"]) == (422, "state")
    assert (first.status, repeated.status) == (201, 200)
    rerun = dashboard.send(f"{WORKFLOWS}/{first.json['workflow_id']}").json
    assert (rerun["rerun_of"], rerun["jobs"][0]["spec"]) == (str(WORKFLOW_ID), {"seconds": 5})


def test_the_events_of_a_workflow_are_a_list_that_continues_after_an_event(
    dashboard: DashboardServer,
) -> None:
    response = dashboard.send(f"{ONE}/events?after=1")

    check_response(dashboard.openapi, f"{TEMPLATE}/events", response)
    assert [(row["event_id"], row["event"]) for row in response.json["events"]] == [(2, "progress")]


def test_a_client_that_follows_gets_each_event_once_and_the_end(dashboard: DashboardServer) -> None:
    happened = dashboard.workflows.queries.happened
    happened.append(event(3, "succeeded", "succeeded", 5, job_id=None))

    response = dashboard.send(f"{ONE}/events", Accept="text/event-stream", Last_Event_ID="1")

    assert response.headers.get_content_type() == "text/event-stream"
    lines = response.body.decode().splitlines()
    assert [line for line in lines if line.startswith("id:")] == ["id: 2", "id: 3"]
    assert lines[-3:] == ["event: end", 'data: {"state":"succeeded"}', ""]
    assert AT.isoformat()[:10] in response.body.decode()
    for wrong in ("x", str(2**63), "9" * 5_000):
        refused = dashboard.send(f"{ONE}/events", Accept="text/event-stream", Last_Event_ID=wrong)
        assert refused.status == 422


def test_the_workers_are_listed_with_their_jobs(dashboard: DashboardServer) -> None:
    response = dashboard.send("/api/workers")

    check_response(dashboard.openapi, "/api/workers", response)
    assert response.json["workers"][0]["kinds"] == ["dummy", "rest"]
