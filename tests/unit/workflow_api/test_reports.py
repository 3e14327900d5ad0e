"""Reports and presets by the API."""

from typing import Any

import pytest

from runtime.access import Role
from tests.unit.dashboard.dashboard_server import DashboardServer
from tests.unit.fake_keys import KEYS
from tests.unit.fake_workflows import CONTENT, REPORT_ID, report_row
from tests.unit.http_client import Response
from tests.unit.openapi import check_response

REPORTS = "/api/reports"
ONE, TEMPLATE = f"{REPORTS}/{REPORT_ID}", f"{REPORTS}/{{report_id}}"
PRESETS, PRESET = "/api/report-presets", {"title": "Wine", "high": 18, "source": "our own rule"}
SPEC = {"sensors": ["fridge"], "period": "last-month", "preset": "2-8"}


def send(
    dashboard: DashboardServer, role: Role, path: str, body: Any = None, method: str | None = None
) -> Response:
    return dashboard.send(path, body, method, Authorization=f"Bearer {KEYS[role]}")


def test_a_report_is_requested_as_a_workflow(dashboard: DashboardServer) -> None:
    response = send(dashboard, Role.OPERATOR, REPORTS, SPEC)

    assert response.status == 201
    check_response(dashboard.openapi, REPORTS, response, "post")
    workflow = dashboard.send(response.headers["Location"]).json
    assert (workflow["kind"], workflow["requested_by"]) == ("report", "key:operator")
    assert workflow["spec"]["formats"] == ["pdf"]
    assert SPEC.items() <= workflow["spec"].items()


def test_a_repeated_request_has_the_first_workflow(dashboard: DashboardServer) -> None:
    headers = {"Authorization": f"Bearer {KEYS[Role.OPERATOR]}", "Idempotency_Key": "october"}

    first, second = (dashboard.send(REPORTS, SPEC, **headers) for _ in range(2))
    other = dashboard.send(REPORTS, SPEC | {"preset": "freezer"}, **headers)

    assert (first.status, second.status, other.status) == (201, 200, 422)
    assert first.json["workflow_id"] == second.json["workflow_id"]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"period": "last-month"}, "names no sensor"),
        ({"sensors": ["fridge"]}, "has no period"),
        (SPEC | {"formats": ["docx"]}, "must be"),
        (SPEC | {"sensor": "fridge"}, "is not known"),
        (SPEC | {"sensors": ["fridge", "fidge"]}, "there is no sensor fidge"),
        (SPEC | {"preset": "3-9"}, "there is no preset 3-9; the presets are 2-8, freezer"),
    ],
)
def test_what_cannot_be_meant_is_refused(dashboard: DashboardServer, body: Any, detail: str) -> None:
    response = send(dashboard, Role.OPERATOR, REPORTS, body)

    assert response.status == 422
    assert detail in response.json["detail"]
    check_response(dashboard.openapi, REPORTS, response, "post")


def test_reports_are_listed_with_a_cursor(dashboard: DashboardServer) -> None:
    dashboard.workflows.reports.rows = [report_row(), report_row()]

    response = dashboard.send(f"{REPORTS}?limit=1&sensor=fridge&format=pdf&format=json")

    check_response(dashboard.openapi, REPORTS, response, "get")
    assert response.json["next_cursor"] == str(REPORT_ID)
    assert [report["name"] for report in response.json["reports"]] == ["report-fridge-2026-10-01.pdf"]
    assert dashboard.workflows.reports.selections == [
        {"sensors": ["fridge"], "formats": ["pdf", "json"], "workflow_id": None, "before": None}
    ]


def test_a_file_is_downloaded_under_its_name_or_shown(dashboard: DashboardServer) -> None:
    check_response(dashboard.openapi, TEMPLATE, dashboard.send(ONE), "get")
    dashboard.workflows.reports.rows[0]["name"] = 'fri"dge ü.pdf'

    saved, shown = dashboard.send(f"{ONE}/content"), dashboard.send(f"{ONE}/content?inline=true")

    assert saved.body == shown.body == CONTENT
    name = "filename*=UTF-8''fri%22dge%20%C3%BC.pdf"
    assert saved.headers["Content-Disposition"] == f"attachment; {name}"
    assert shown.headers["Content-Disposition"] == f"inline; {name}"
    assert saved.headers["Content-Type"] == "application/pdf"
    assert saved.headers["X-Content-Type-Options"] == "nosniff"
    framing = [
        (each.headers["X-Frame-Options"], each.headers["Content-Security-Policy"]) for each in (saved, shown)
    ]
    assert [(option, policy.rpartition("; ")[2]) for option, policy in framing] == [
        ("DENY", "frame-ancestors 'none'"),
        ("SAMEORIGIN", "frame-ancestors 'self'"),
    ]
    assert dashboard.send(f"{REPORTS}/00000000-0000-0000-0000-000000000008/content").status == 404


def test_only_a_pdf_is_shown_in_the_browser(dashboard: DashboardServer) -> None:
    dashboard.workflows.reports.rows[0]["format"] = "csv"

    response = dashboard.send(f"{ONE}/content?inline=true")

    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"


def test_an_admin_deletes_a_report(dashboard: DashboardServer) -> None:
    response = send(dashboard, Role.ADMIN, ONE, method="DELETE")

    check_response(dashboard.openapi, TEMPLATE, response, "delete")
    assert dashboard.workflows.reports.deleted == [("key:admin", REPORT_ID)]
    assert send(dashboard, Role.OPERATOR, ONE, method="DELETE").status == 403


def test_an_admin_sets_and_removes_presets(dashboard: DashboardServer) -> None:
    path, template = f"{PRESETS}/wine", f"{PRESETS}/{{name}}"
    created = send(dashboard, Role.ADMIN, path, PRESET, "PUT")
    refused = send(dashboard, Role.ADMIN, path, PRESET | {"low": 20}, "PUT")
    listed = dashboard.send(PRESETS)
    removed = send(dashboard, Role.ADMIN, path, method="DELETE")

    for method, response in (("put", created), ("put", refused), ("delete", removed)):
        check_response(dashboard.openapi, template, response, method)
    check_response(dashboard.openapi, PRESETS, listed)
    assert (created.status, refused.status, removed.status) == (200, 422, 200)
    assert "low must be below high" in refused.json["detail"]
    assert listed.json["presets"] == [created.json]
    assert send(dashboard, Role.ADMIN, path, method="DELETE").status == 404
    assert send(dashboard, Role.OPERATOR, path, PRESET, "PUT").status == 403
