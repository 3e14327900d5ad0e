"""Who may do what with workflows, in the dashboard and in the service."""

from runtime.access import Role

WORKFLOW_DECISIONS = {
    ("get", "/api/workflows"): Role.VIEWER,
    ("post", "/api/workflows"): Role.OPERATOR,
    ("get", "/api/workflows/{workflow_id}"): Role.VIEWER,
    ("get", "/api/workflows/{workflow_id}/events"): Role.VIEWER,
    ("post", "/api/workflows/{workflow_id}/cancel"): Role.OPERATOR,
    ("post", "/api/workflows/{workflow_id}/pause"): Role.OPERATOR,
    ("post", "/api/workflows/{workflow_id}/resume"): Role.OPERATOR,
    ("post", "/api/workflows/{workflow_id}/answer"): Role.OPERATOR,
    ("post", "/api/workflows/{workflow_id}/retry"): Role.OPERATOR,
    ("post", "/api/workflows/{workflow_id}/rerun"): Role.OPERATOR,
    ("post", "/api/backfills"): Role.OPERATOR,
    ("get", "/api/gaps"): Role.VIEWER,
    ("get", "/api/schedules"): Role.VIEWER,
    ("get", "/api/schedules/{name}"): Role.VIEWER,
    ("put", "/api/schedules/{name}"): Role.ADMIN,
    ("delete", "/api/schedules/{name}"): Role.ADMIN,
    ("get", "/api/sources"): Role.VIEWER,
    ("get", "/api/sources/{name}"): Role.VIEWER,
    ("put", "/api/sources/{name}"): Role.ADMIN,
    ("delete", "/api/sources/{name}"): Role.ADMIN,
    ("post", "/api/sources/{name}/test"): Role.OPERATOR,
    ("get", "/api/workers"): Role.VIEWER,
}
