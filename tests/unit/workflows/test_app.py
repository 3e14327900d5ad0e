"""The API of the service: the same operations and roles as in the dashboard, under its own host names."""

from collections.abc import Iterator
from http import HTTPStatus

import pytest

from runtime.access import Role
from runtime.health import Health
from runtime.settings import load
from tests.unit.fake_keys import KEYS, FakeKeys
from tests.unit.fake_workflows import FakeWorkflows
from tests.unit.http_client import Response, send
from tests.unit.openapi import check_response
from tests.unit.workflow_decisions import WORKFLOW_DECISIONS
from web.auth import AnonymousView, Authenticator
from web.keyring import KeyRing
from web.server import serve_http
from workflows.app import create_workflows_app
from workflows.settings import WorkflowsSettings

REJECTED: list[str] = []


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A service with a key of each role, of which one is required."""
    workflows, ring = FakeWorkflows(), KeyRing(FakeKeys(KEYS))
    auth = Authenticator(ring, lambda reason, _: REJECTED.append(reason), None, AnonymousView.AUTO)
    hosts = load(WorkflowsSettings, workflows_hosts="my.example").hosts
    app = create_workflows_app(workflows.resources, auth=auth, health=Health(), hosts=hosts)
    with (
        ring.refreshing(),
        serve_http(app, "127.0.0.1", 0, workflows.resources.stopped.set) as port,
    ):
        yield f"http://127.0.0.1:{port}"


def try_operation(url: str, method: str, path: str, role: Role | None) -> Response:
    headers = {"Authorization": f"Bearer {KEYS[role]}"} if role else {}
    filled = path.replace("{workflow_id}", "0199a3f0-0000-4000-8000-00000000dead").replace("{name}", "x")
    return send(f"{url}{filled}", None if method == "get" else {}, method.upper(), **headers)


@pytest.mark.parametrize("role", [None, *Role])
def test_every_role_is_tried_against_every_operation(url: str, role: Role | None) -> None:
    document = send(f"{url}/openapi.json").json
    documented = {
        (method, path): operation["x-role"]
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
    assert documented == {key: required.value for key, required in WORKFLOW_DECISIONS.items()}
    for (method, path), required in WORKFLOW_DECISIONS.items():
        response = try_operation(url, method, path, role)
        if role and role.includes(required):
            assert response.status not in (HTTPStatus.FORBIDDEN, HTTPStatus.UNAUTHORIZED), path
        else:
            assert response.status == (HTTPStatus.FORBIDDEN if role else HTTPStatus.UNAUTHORIZED), path
        check_response(document, path, response, method)


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1", 200), ("workflows", 200), ("my.example", 200), ("evil.example", 400)],
)
def test_a_request_must_use_a_name_of_the_service(url: str, host: str, status: int) -> None:
    headers = {"Authorization": f"Bearer {KEYS[Role.VIEWER]}"}

    assert send(f"{url}/api/workers", Host=host, **headers).status == status


def test_probes_and_the_description_need_no_key(url: str) -> None:
    for path in ("/livez", "/readyz", "/metrics", "/openapi.json"):
        assert send(url + path).status == 200


def test_a_change_from_the_page_of_another_site_is_refused(url: str) -> None:
    headers = {"Authorization": f"Bearer {KEYS[Role.OPERATOR]}", "Origin": "http://evil.example"}

    assert send(f"{url}/api/workflows", {"kind": "dummy"}, **headers).status == HTTPStatus.FORBIDDEN
