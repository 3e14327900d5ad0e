"""Every role tried against every operation, and how a client proves who it is."""

import re
from http import HTTPStatus
from http.cookies import SimpleCookie
from typing import Any

import pytest

from runtime.access import Role
from tests.system_status import healthy_status, outage_status
from tests.unit.dashboard.dashboard_server import CHANGES, REPLAY, DashboardServer, run_dashboard
from tests.unit.fake_keys import KEYS
from tests.unit.http_client import Response
from tests.unit.openapi import check_response
from tests.unit.workflow_decisions import WORKFLOW_DECISIONS
from web.auth import COOKIE, AnonymousView
from web.keyring import FRESH_SECONDS, READABLE_SECONDS

# Who may do what. An operation that is missing here, or names another role, fails.
DECISIONS = {
    ("get", "/api/access"): None,
    ("post", "/api/login"): None,
    ("post", "/api/logout"): None,
    ("get", "/api/overview"): Role.VIEWER,
    ("get", "/api/history"): Role.VIEWER,
    ("get", "/api/minutes"): Role.VIEWER,
    ("get", "/api/series"): Role.VIEWER,
    ("get", "/api/events"): Role.VIEWER,
    ("get", "/api/sensors"): Role.VIEWER,
    ("get", "/api/sensors/{sensor_id}"): Role.VIEWER,
    ("patch", "/api/sensors/{sensor_id}"): Role.OPERATOR,
    ("post", "/api/sensor-merges"): Role.OPERATOR,
    ("get", "/api/limits"): Role.VIEWER,
    ("post", "/api/limits"): Role.OPERATOR,
    ("delete", "/api/limits/{limit_id}"): Role.OPERATOR,
    ("get", "/api/excursions"): Role.VIEWER,
    ("post", "/api/excursions/{excursion_id}/acknowledge"): Role.OPERATOR,
    ("get", "/api/silences"): Role.VIEWER,
    ("post", "/api/silences"): Role.OPERATOR,
    ("delete", "/api/silences/{silence_id}"): Role.OPERATOR,
    ("get", "/api/anomalies"): Role.VIEWER,
    ("post", "/api/anomalies/{anomaly_id}/mark"): Role.OPERATOR,
    ("get", "/api/forecast"): Role.VIEWER,
    ("get", "/api/models"): Role.VIEWER,
    ("post", "/api/models/roll-back"): Role.OPERATOR,
    ("get", "/api/audit"): Role.VIEWER,
    ("get", "/api/dead-letters"): Role.VIEWER,
    ("post", "/api/dead-letters/replay"): Role.OPERATOR,
    ("post", "/api/dead-letters/discard"): Role.OPERATOR,
    ("get", "/api/keys"): Role.ADMIN,
    ("post", "/api/keys"): Role.ADMIN,
    ("delete", "/api/keys/{name}"): Role.ADMIN,
    **WORKFLOW_DECISIONS,
}
REFUSED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A dashboard with a key of each role, of which one is required."""
    with run_dashboard(monkeypatch, anonymous_view=AnonymousView.AUTO) as server:
        server.snapshots.publish(healthy_status())
        yield server


def log_in(dashboard: DashboardServer, role: Role, **headers: str) -> Response:
    return dashboard.send("/api/login", {"key": KEYS[role]}, **headers)


def cookie_of(response: Response) -> SimpleCookie:
    return SimpleCookie(response.headers["Set-Cookie"])


def as_session(dashboard: DashboardServer, role: Role) -> dict[str, str]:
    """Return the headers of the page in a browser that is logged in."""
    cookie = cookie_of(log_in(dashboard, role))[COOKIE].value
    return {"Cookie": f"{COOKIE}={cookie}", "Sec_Fetch_Site": "same-origin"}


def credentials(dashboard: DashboardServer, role: Role | None, *, by_session: bool) -> dict[str, str]:
    if role is None:
        return {}
    return as_session(dashboard, role) if by_session else {"Authorization": f"Bearer {KEYS[role]}"}


def try_operation(dashboard: DashboardServer, method: str, path: str, **headers: str) -> Response | None:
    """Send an empty request; None: it is an event stream that goes on."""
    if path == "/api/events":
        allowed = dashboard.send("/api/overview", **headers)  # ends, and requires the same role
        return allowed if allowed.status in REFUSED else None
    body: dict[str, str] | None = None if method == "get" else {}
    return dashboard.send(re.sub("{.*?}", "x", path), body, method.upper(), **headers)


class TestRoles:
    def test_every_operation_has_a_decision(self, locked: DashboardServer) -> None:
        documented = {
            (method, path): operation["x-role"]
            for path, operations in locked.openapi["paths"].items()
            for method, operation in operations.items()
        }
        assert documented == {key: role.value if role else "everyone" for key, role in DECISIONS.items()}

    @pytest.mark.parametrize("role", [None, *Role])
    @pytest.mark.parametrize("by_session", [False, True])
    def test_every_role_is_tried_against_every_operation(
        self, locked: DashboardServer, role: Role | None, by_session: bool
    ) -> None:
        document = locked.openapi
        for (method, path), required in DECISIONS.items():
            headers = credentials(locked, role, by_session=by_session)
            response = try_operation(locked, method, path, **headers)
            if required is None or (role and role.includes(required)):
                assert response is None or response.status not in REFUSED, path
            else:
                assert response, path
                assert response.status == (HTTPStatus.FORBIDDEN if role else HTTPStatus.UNAUTHORIZED), path
                check_response(document, path, response, method)

    def test_an_operation_without_a_decision_is_refused(self, locked: DashboardServer) -> None:
        locked.app.add_api_route("/api/new", lambda: "done")
        assert locked.send("/api/new", Authorization=f"Bearer {KEYS[Role.ADMIN]}").status == 500

    def test_the_page_probes_and_the_description_need_no_login(self, locked: DashboardServer) -> None:
        for path in ("/", "/static/main.js", "/livez", "/metrics", "/openapi.json"):
            assert locked.send(path).status == 200


class TestKeys:
    @pytest.mark.parametrize(
        "authorization",
        [
            "",
            "Bearer",
            "Bearer wrong",
            f"Basic {KEYS[Role.ADMIN]}",
            f"Bearer {KEYS[Role.ADMIN]}x",
            "Bearer é",
        ],
    )
    @pytest.mark.parametrize("path", ["/api/overview", *CHANGES])
    def test_without_a_valid_key_nothing_is_shown_or_changed(
        self, locked: DashboardServer, path: str, authorization: str
    ) -> None:
        locked.queue.add("rubbish", "not-json")
        body = {"ids": locked.queue.ids()} if path in CHANGES else None
        response = locked.send(path, body, Authorization=authorization)
        assert response.status == 401
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert KEYS[Role.ADMIN] not in response.body.decode()
        assert len(locked.queue.messages) == 1

    def test_no_request_costs_a_query(self, locked: DashboardServer) -> None:
        before = locked.keys.reads
        for _ in range(20):
            assert locked.send("/api/overview", Authorization=f"Bearer {KEYS[Role.VIEWER]}").status == 200
        assert locked.keys.reads == before

    def test_a_key_whose_name_has_a_slash_is_revoked(self, locked: DashboardServer) -> None:
        admin = {"Authorization": f"Bearer {KEYS[Role.ADMIN]}"}
        locked.send("/api/keys", {"name": "hall/1", "role": "viewer"}, **admin)

        revoked = locked.send("/api/keys/hall%2F1", None, "DELETE", **admin)

        assert (revoked.status, revoked.json["name"]) == (200, "hall/1")

    def test_a_new_key_works_at_once_and_a_revoked_one_no_more(self, locked: DashboardServer) -> None:
        admin = {"Authorization": f"Bearer {KEYS[Role.ADMIN]}"}
        created = locked.send("/api/keys", {"name": "Küche", "role": "viewer"}, **admin)
        check_response(locked.openapi, "/api/keys", created, "post")
        key = {"Authorization": f"Bearer {created.json['key']}"}
        assert locked.send("/api/access", **key).json["name"] == "Küche"
        listed = locked.send("/api/keys", **admin)
        check_response(locked.openapi, "/api/keys", listed, "get")
        assert created.json["key"] not in listed.body.decode()
        revoked = locked.send("/api/keys/K%C3%BCche", None, "DELETE", **admin)
        check_response(locked.openapi, "/api/keys/{name}", revoked, "delete")
        assert locked.send("/api/access", **key).status == 401

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"name": "viewer", "role": "viewer"}, "name"),
            ({"name": "", "role": "viewer"}, "name"),
            ({"name": "x", "role": "root"}, "role"),
            ({"name": "x"}, "role"),
            ({"name": "x", "role": "viewer", "key": "mine"}, "key"),
        ],
    )
    def test_a_refused_key_names_the_field(
        self, locked: DashboardServer, body: dict[str, str], field: str
    ) -> None:
        response = locked.send("/api/keys", body, Authorization=f"Bearer {KEYS[Role.ADMIN]}")
        assert (response.status, response.json["field"]) == (422, field)
        check_response(locked.openapi, "/api/keys", response, "post")
        assert len(locked.keys.keys) == len(KEYS)

    def test_what_a_key_may_not_do_is_said_and_reported(self, locked: DashboardServer) -> None:
        response = locked.change(REPLAY, {"ids": ["0" * 12]}, KEYS[Role.VIEWER])
        assert response.json["detail"] == "This requires the role operator; viewer has the role viewer."

    def test_the_use_of_a_key_is_noted(self, locked: DashboardServer) -> None:
        locked.send("/api/access", Authorization=f"Bearer {KEYS[Role.OPERATOR]}")
        locked.ring.refresh(max_age_seconds=0)
        assert locked.keys.used == [2]


class TestWithoutKeys:
    def test_everyone_may_look_and_changes_say_how_to_permit_them(
        self, read_only_dashboard: DashboardServer
    ) -> None:
        assert read_only_dashboard.send("/api/overview").status == 200
        for path in CHANGES:
            response = read_only_dashboard.send(path, {"ids": ["0" * 12]})
            assert response.status == 403
            assert "sensorctl key create NAME --role operator" in response.json["detail"]
        assert read_only_dashboard.send("/api/access").json == {
            "name": None, "role": "viewer", "has_session": False, "has_keys": False,
        }  # fmt: skip

    def test_the_first_key_locks_the_page(self, read_only_dashboard: DashboardServer) -> None:
        read_only_dashboard.keys.create("sensorctl:me", "first", Role.VIEWER, b"h")
        read_only_dashboard.ring.refresh(max_age_seconds=0)
        assert read_only_dashboard.send("/api/overview").status == 401

    @pytest.mark.parametrize(
        ("view", "has_keys", "status"),
        [
            (AnonymousView.ALWAYS, True, 200),
            (AnonymousView.NEVER, False, 403),
            (AnonymousView.NEVER, True, 401),
        ],
    )
    def test_a_setting_decides_who_may_look_without_a_login(
        self, monkeypatch: pytest.MonkeyPatch, view: AnonymousView, has_keys: bool, status: int
    ) -> None:
        with run_dashboard(monkeypatch, has_keys=has_keys, anonymous_view=view) as dashboard:
            dashboard.snapshots.publish(healthy_status())
            assert dashboard.send("/api/overview").status == status


class TestSessions:
    def test_a_login_sets_a_cookie_that_scripts_and_other_sites_cannot_use(
        self, locked: DashboardServer
    ) -> None:
        response = log_in(locked, Role.OPERATOR)
        check_response(locked.openapi, "/api/login", response)
        assert response.json == {
            "name": "operator", "role": "operator", "has_session": True, "has_keys": True,
        }  # fmt: skip
        cookie = cookie_of(response)[COOKIE]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["secure"]) == (
            True, "strict", "/", "",
        )  # fmt: skip
        assert 0 < int(cookie["max-age"]) <= 24 * 3600
        assert KEYS[Role.OPERATOR] not in cookie.value

    def test_over_https_the_cookie_is_secure(self, locked: DashboardServer) -> None:
        response = log_in(locked, Role.VIEWER, Origin="https://my.example", Host="my.example")
        assert cookie_of(response)[COOKIE]["secure"] is True

    def test_a_wrong_key_is_refused(self, locked: DashboardServer) -> None:
        response = locked.send("/api/login", {"key": "wrong"})
        assert (response.status, response.headers["Set-Cookie"]) == (401, None)
        check_response(locked.openapi, "/api/login", response)

    def test_a_logout_ends_the_session(self, locked: DashboardServer) -> None:
        headers = as_session(locked, Role.VIEWER)
        assert locked.send("/api/access", **headers).json["has_session"] is True
        response = locked.send("/api/logout", {}, **headers)
        check_response(locked.openapi, "/api/logout", response)
        assert cookie_of(response)[COOKIE]["max-age"] == "0"
        assert locked.send("/api/access", **headers).json["role"] is None

    def test_a_session_ends_by_itself_and_with_its_key(self, locked: DashboardServer) -> None:
        headers = as_session(locked, Role.VIEWER)
        assert locked.send("/api/overview", **headers).status == 200
        ((session_hash, session),) = locked.keys.sessions.items()
        locked.keys.sessions[session_hash] = session._replace(seconds=-1.0)
        locked.ring.refresh(max_age_seconds=0)
        assert locked.send("/api/overview", **headers).status == 401
        locked.keys.sessions[session_hash] = session
        locked.ring.refresh(max_age_seconds=0)
        assert locked.send("/api/overview", **headers).status == 200
        locked.keys.revoke("sensorctl:me", "viewer")
        locked.ring.refresh(max_age_seconds=0)
        assert locked.send("/api/overview", **headers).status == 401

    @pytest.mark.parametrize(
        ("headers", "is_allowed"),
        [
            ({"Sec_Fetch_Site": "same-origin"}, True),
            ({"Sec_Fetch_Site": "same-site"}, False),
            ({"Sec_Fetch_Site": "cross-site"}, False),
            ({"Sec_Fetch_Site": "none"}, False),
            ({"Origin": "http://127.0.0.1:{port}"}, True),
            ({"Origin": "http://127.0.0.1:1"}, False),
            ({"Origin": "https://evil.example"}, False),
            ({"Origin": "null"}, False),
            ({}, False),
            ({"Sec_Fetch_Site": "cross-site", "Origin": "http://127.0.0.1:{port}"}, False),
        ],
    )
    def test_only_the_services_own_page_may_change_something_with_a_cookie(
        self, locked: DashboardServer, headers: dict[str, str], is_allowed: bool
    ) -> None:
        cookie = as_session(locked, Role.OPERATOR)["Cookie"]
        sent = {name: value.format(port=locked.port) for name, value in headers.items()}
        response = locked.send(REPLAY, {"ids": ["0" * 12]}, Cookie=cookie, **sent)
        assert response.status == (200 if is_allowed else 403)
        # Reading has no effect that another site could want, and its page cannot see the response.
        assert locked.send("/api/overview", Cookie=cookie, **sent).status == 200

    def test_the_page_of_another_site_cannot_log_a_browser_in(self, locked: DashboardServer) -> None:
        refused = log_in(locked, Role.VIEWER, Origin="https://evil.example", Sec_Fetch_Site="cross-site")
        assert (refused.status, refused.json["detail"]) == (
            403,
            "The page of another site made this request.",
        )

    def test_behind_a_proxy_that_changes_the_host_the_refusal_says_what_to_do(
        self, locked: DashboardServer
    ) -> None:
        refused = log_in(locked, Role.VIEWER, Origin="http://my.example:8080", Host="my.example")
        assert refused.status == 403
        assert refused.json["detail"].endswith(
            "It is of http://my.example:8080, and was sent to my.example: if a reverse proxy is between "
            "them, let it pass on the Host header, with the port."
        )


class TestDatabaseOutage:
    def test_changes_and_logins_are_refused_with_a_reason_and_known_keys_may_read(
        self, locked: DashboardServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        session = as_session(locked, Role.OPERATOR)
        locked.keys.is_down = locked.audit.is_down = True
        for response in (
            log_in(locked, Role.VIEWER),
            locked.send(REPLAY, {"ids": ["0" * 12]}, **session),
            locked.send("/api/logout", {}, **session),
            locked.send("/api/keys", {"name": "x", "role": "viewer"},
                        Authorization=f"Bearer {KEYS[Role.ADMIN]}"),
        ):  # fmt: skip
            assert response.status == 503
            assert "The database does not answer: connection refused. Nothing" in response.json["detail"]
        assert locked.send("/api/overview", **session).status == 200
        locked.ring.refresh(max_age_seconds=0)
        # An outage that lasts leaves reading to those who are known, and says so to the others.
        now = locked.ring._clock()
        monkeypatch.setattr(locked.ring, "_clock", lambda: now + FRESH_SECONDS + 1)
        assert locked.send("/api/overview", **session).status == 200
        assert locked.send("/api/overview").status == 401
        for refused in (
            locked.send(REPLAY, {"ids": ["0" * 12]}, **session),
            locked.send("/api/overview", Authorization="Bearer new"),
        ):
            assert refused.status == 503
            assert "access cannot be checked: connection refused" in refused.json["detail"]
        monkeypatch.setattr(locked.ring, "_clock", lambda: now + READABLE_SECONDS + 1)
        assert locked.send("/api/overview", **session).status == 503

    def test_after_a_pause_of_the_process_the_keys_are_read_before_a_change(
        self, locked: DashboardServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # given keys that were read too long ago, one of which has been revoked since
        now = locked.ring._clock()
        locked.keys.revoke("sensorctl:me", Role.ADMIN)
        monkeypatch.setattr(locked.ring, "_clock", lambda: now + FRESH_SECONDS + 1)
        # then changes need no second attempt
        body = {"name": "x", "role": "viewer"}
        assert locked.change("/api/keys", body, KEYS[Role.ADMIN]).status == 401
        assert locked.change("/api/keys", body, KEYS[Role.OPERATOR]).status == 403
        monkeypatch.setattr(locked.ring, "_clock", lambda: now + 2 * FRESH_SECONDS + 2)
        silence = {"sensor_id": "1", "for": "2h"}
        assert locked.change("/api/silences", silence, KEYS[Role.OPERATOR]).status == 201

    def test_at_the_start_only_what_is_down_is_shown(self, locked: DashboardServer) -> None:
        locked.ring._known = None
        locked.keys.is_down = True
        assert locked.send("/api/overview").status == 503, "this shows the sensors"
        locked.snapshots.publish(outage_status())
        for path in ("/api/overview", "/api/history"):
            assert locked.send(path).status == 200
        for path in ("/api/dead-letters", "/api/audit", "/api/access"):
            response = locked.send(path)
            assert response.status == 503
            assert "access cannot be checked" in response.json["detail"]
        # and as soon as the keys are known, a login is required
        locked.keys.is_down = False
        locked.ring.refresh(max_age_seconds=0)
        assert locked.send("/api/overview").status == 401
