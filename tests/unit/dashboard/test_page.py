"""The page's files, and the probes of the dashboard."""

from base64 import b64encode
from hashlib import sha256

import pytest

from tests.system_status import healthy_status, outage_status
from tests.unit.dashboard.dashboard_server import DashboardServer


class TestPage:
    @pytest.mark.parametrize("path", ["/", "/static/main.js", "/openapi.json", "/api/overview", "/nowhere"])
    def test_every_response_has_the_security_headers(self, dashboard: DashboardServer, path: str) -> None:
        headers = dashboard.send(path).headers
        assert "default-src 'none'; script-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Server"] is None

    def test_it_has_one_inline_script_and_nothing_from_other_hosts(self, dashboard: DashboardServer) -> None:
        response = dashboard.send("/")
        page = response.body.decode()
        assert "style=" not in page
        assert "onclick" not in page
        assert "http" not in page
        assert page.count("<script") == page.count("<script src=") + 1
        script = page.partition("<script>")[2].partition("</script>")[0]
        digest = b64encode(sha256(script.encode()).digest()).decode()
        assert f"script-src 'self' 'sha256-{digest}';" in response.headers["Content-Security-Policy"]

    @pytest.mark.parametrize("path", ["/docs", "/redoc"])
    def test_pages_that_load_scripts_from_a_cdn_are_not_served(
        self, dashboard: DashboardServer, path: str
    ) -> None:
        assert dashboard.send(path).status == 404

    @pytest.mark.parametrize(
        "path", ["/", "/api/overview", "/api/events", "/static/main.js", "/openapi.json"]
    )
    def test_another_host_name_is_rejected(self, dashboard: DashboardServer, path: str) -> None:
        response = dashboard.send(path, Host="evil.example")

        assert response.status == 400
        assert "Add it to DASHBOARD_HOSTS" in response.body.decode()

    @pytest.mark.parametrize(
        "host", ["localhost:8085", "127.0.0.1", "[::1]:8085", "my.example", "[fd00::5]", "dashboard:8085"]
    )
    def test_its_own_host_names_are_accepted(self, dashboard: DashboardServer, host: str) -> None:
        assert dashboard.send("/", Host=host).status == 200

    def test_no_path_leads_out_of_the_static_files(self, dashboard: DashboardServer) -> None:
        for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static/"):
            assert dashboard.send(path).status == 404


class TestProbes:
    @pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics"])
    def test_probes_accept_any_host_name(self, dashboard: DashboardServer, path: str) -> None:
        dashboard.telemetry.status_collected(healthy_status(), 0.1)
        assert dashboard.send(path, Host="172.18.0.9:8085").status == 200

    def test_it_is_ready_when_broker_and_database_respond(self, dashboard: DashboardServer) -> None:
        assert dashboard.send("/readyz").status == 503
        dashboard.telemetry.status_collected(healthy_status(), 0.1)
        assert dashboard.send("/readyz").json["ready"] is True

    def test_it_reports_which_dependency_is_down(self, dashboard: DashboardServer) -> None:
        dashboard.telemetry.status_collected(outage_status(), 0.1)
        assert dashboard.send("/readyz").json["problems"] == {
            "broker": "does not answer",
            "database": "The database does not respond.",
        }
        assert (
            'dashboard_dependency_up{dependency="database"} 0.0' in dashboard.send("/metrics").body.decode()
        )
        assert dashboard.send("/livez").status == 200
