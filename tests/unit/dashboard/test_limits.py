"""What one client can occupy, and how fast it can guess keys."""

import json
from collections.abc import Callable
from contextlib import ExitStack, closing
from http.client import HTTPConnection, HTTPResponse

import pytest

from dashboard import app
from runtime.access import Role
from tests.system_status import healthy_status
from tests.unit.dashboard.dashboard_server import CHANGES, REPLAY, DashboardServer, run_dashboard
from tests.unit.fake_keys import KEYS
from tests.unit.openapi import check_response
from tests.waiting import DEADLINE_SECONDS, eventually
from web.throttle import ATTEMPTS_PER_ADDRESS

OTHER_ADDRESS = "127.0.0.2"


def request_from(address: str, dashboard: DashboardServer, path: str, **headers: str) -> HTTPConnection:
    connection = HTTPConnection(
        "127.0.0.1", dashboard.port, timeout=DEADLINE_SECONDS, source_address=(address, 0)
    )
    connection.request("GET", path, headers=headers)
    return connection


def open_stream(stack: ExitStack, dashboard: DashboardServer, address: str = "127.0.0.1") -> HTTPResponse:
    connection = stack.enter_context(closing(request_from(address, dashboard, "/api/events")))
    return stack.enter_context(closing(connection.getresponse()))


def test_an_address_can_open_only_so_many_streams_and_other_requests_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(app, "MAX_STREAMS_PER_ADDRESS", 3)
    with run_dashboard(monkeypatch) as dashboard, ExitStack() as stack:
        dashboard.snapshots.publish(healthy_status())
        held = [open_stream(stack, dashboard) for _ in range(3)]
        assert [stream.status for stream in held] == [200, 200, 200]
        refused = dashboard.send("/api/events")
        assert refused.status == 429
        assert "This address has 3 event streams already" in refused.json["detail"]
        assert refused.headers["Retry-After"] == "10"
        check_response(dashboard.openapi, "/api/events", refused)
        assert dashboard.send("/api/overview").status == 200
        assert open_stream(stack, dashboard, OTHER_ADDRESS).status == 200
        # A stream that its client has closed frees its place.
        stack.close()
        eventually(lambda: is_possible(dashboard), DEADLINE_SECONDS, "another stream is possible")


def is_possible(dashboard: DashboardServer) -> bool:
    with ExitStack() as stack:
        return open_stream(stack, dashboard).status == 200


def test_only_so_many_streams_are_open_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "MAX_STREAMS", 2)
    with run_dashboard(monkeypatch) as dashboard, ExitStack() as stack:
        for number in (10, 11):
            assert open_stream(stack, dashboard, f"127.0.0.{number}").status == 200
        refused = open_stream(stack, dashboard)
        assert refused.status == 503
        assert "The service has 2 event streams already" in json.load(refused)["detail"]


@pytest.mark.parametrize("path", [*CHANGES, "/api/access"])
def test_a_key_cannot_be_guessed_quickly_and_its_owner_is_not_locked_out(
    dashboard: DashboardServer, path: str
) -> None:
    body = {"ids": ["0" * 12]} if path in CHANGES else None

    right = f"Bearer {KEYS[Role.OPERATOR]}"

    def attempt(key: str) -> int:
        return dashboard.send(path, body, Authorization=f"Bearer {key}").status

    assert {attempt(f"wrong {number}") for number in range(ATTEMPTS_PER_ADDRESS)} == {401}
    wrong = "Bearer another wrong key"
    refused = dashboard.send(path, body, Authorization=wrong, X_Forwarded_For="192.0.2.9")
    assert refused.status == 429
    assert "Too many wrong keys came from this address" in refused.json["detail"]
    assert int(refused.headers["Retry-After"]) > 0
    check_response(dashboard.openapi, path, refused)
    # Its owner is not affected, at this address or at another one, and the page still works here.
    assert dashboard.send(path, body, Authorization=right).status == 200
    with closing(request_from(OTHER_ADDRESS, dashboard, "/api/access", Authorization=right)) as other:
        assert json.load(other.getresponse())["role"] == "operator"
    assert dashboard.send("/api/access").json["role"] == "viewer"


def test_the_right_key_is_never_slowed_down(dashboard: DashboardServer) -> None:
    statuses: Callable[[], int] = lambda: dashboard.change(REPLAY, {"ids": ["0" * 12]}).status  # noqa: E731
    assert {statuses() for _ in range(3 * ATTEMPTS_PER_ADDRESS)} == {200}
