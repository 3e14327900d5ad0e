"""Users whom a trusted proxy has authenticated: their roles, their audit, and their limits."""

from contextlib import closing
from http.client import HTTPConnection
from typing import Any

import pytest

from tests.system_status import healthy_status
from tests.unit.dashboard.dashboard_server import REPLAY, DashboardServer, run_dashboard
from web.auth import AnonymousView
from web.proxies import TrustedProxies, parse_networks, parse_roles
from web.throttle import ATTEMPTS_PER_ADDRESS


class TestProxies:
    @pytest.fixture
    def behind_proxy(self, monkeypatch: pytest.MonkeyPatch) -> Any:
        """A dashboard that trusts 127.0.0.1, and has no key."""
        proxies = TrustedProxies(parse_networks("127.0.0.1"), roles=parse_roles("*=viewer,staff=operator"))
        view = AnonymousView.AUTO
        with run_dashboard(monkeypatch, has_keys=False, anonymous_view=view, proxies=proxies) as server:
            server.snapshots.publish(healthy_status())
            yield server

    def test_a_user_of_the_proxy_has_the_role_of_its_groups_and_is_in_the_audit(
        self, behind_proxy: DashboardServer
    ) -> None:
        viewer = {"X_Forwarded_User": "anna"}
        operator = viewer | {"X_Forwarded_Groups": "staff", "Sec_Fetch_Site": "same-origin"}
        assert behind_proxy.send("/api/access", **viewer).json == {
            "name": "anna", "role": "viewer", "has_session": False, "has_keys": False,
        }  # fmt: skip
        refused = behind_proxy.send(REPLAY, {"ids": ["0" * 12]}, **viewer, Sec_Fetch_Site="same-origin")
        assert refused.status == 403
        assert behind_proxy.send(REPLAY, {"ids": ["0" * 12]}, **operator).status == 200
        assert [entry.actor for entry in behind_proxy.audit.entries] == ["proxy:anna"]
        # The browser sends the proxy's cookie with requests of other sites' pages, too.
        foreign = operator | {"Sec_Fetch_Site": "cross-site"}
        assert behind_proxy.send(REPLAY, {"ids": ["0" * 12]}, **foreign).status == 403

    def test_without_a_user_or_from_another_address_nothing_is_shown(
        self, behind_proxy: DashboardServer
    ) -> None:
        assert behind_proxy.send("/api/overview").status == 401
        connection = HTTPConnection("127.0.0.1", behind_proxy.port, source_address=("127.0.0.2", 0))
        with closing(connection):
            connection.request("GET", "/api/overview", headers={"X-Forwarded-User": "anna"})
            assert connection.getresponse().status == 401

    def test_guesses_of_one_client_of_the_proxy_slow_down_no_other(
        self, behind_proxy: DashboardServer
    ) -> None:
        def attempt(address: str) -> int:
            headers = {"Authorization": "Bearer wrong", "X_Forwarded_For": address}
            return behind_proxy.send("/api/access", **headers).status

        assert {attempt("192.0.2.1") for _ in range(ATTEMPTS_PER_ADDRESS)} == {401}
        assert attempt("192.0.2.1") == 429
        assert attempt("192.0.2.2") == 401
