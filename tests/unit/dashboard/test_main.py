"""The dashboard process: its loop and its settings."""

from typing import Any

import pytest

from dashboard import __main__ as program
from dashboard.settings import DashboardSettings
from dashboard.snapshots import SnapshotStore
from dashboard.telemetry import BROKER, DATABASE, DashboardTelemetry
from monitoring.model import SystemStatus
from runtime.errors import ConfigurationError
from runtime.health import Health
from runtime.lifecycle import ShutdownSignal
from runtime.settings import load
from tests.system_status import healthy_status


def test_it_collects_until_shutdown_with_a_heartbeat_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "COLLECT_INTERVAL_SECONDS", 0.0)
    shutdown, snapshots, health = ShutdownSignal(), SnapshotStore(), Health(BROKER, DATABASE)

    class ThreeCollections:
        def collect(self) -> SystemStatus:
            if health.heartbeats == 2:
                shutdown.set()
            return healthy_status()

    program.collect_status(ThreeCollections(), snapshots, DashboardTelemetry(health), shutdown)  # type: ignore[arg-type]

    assert snapshots.latest
    assert snapshots.latest.sequence == health.heartbeats == 3
    assert health.problems() == {}


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"dashboard_hosts": "*"}, "DASHBOARD_HOSTS"),
        ({"dashboard_hosts": "my.example:8443"}, "DASHBOARD_HOSTS"),
        (
            {"dashboard_hosts": "https://my.example/"},
            "DASHBOARD_HOSTS.*: must be host names .*; https://my.example/ is neither",
        ),
        ({"http_port": 0}, "HTTP_PORT"),
        ({"dashboard_anonymous_view": "sometimes"}, "DASHBOARD_ANONYMOUS_VIEW"),
        ({"trusted_proxies": "10.0.0.0/8,proxy"}, "TRUSTED_PROXIES: .*; proxy is neither"),
        ({"trusted_proxies": "10.0.0.1/8"}, "TRUSTED_PROXIES: .*; 10.0.0.1/8 is neither"),
        ({"proxy_roles": "staff"}, "PROXY_ROLES: must be GROUP=ROLE.*; staff is not"),
        ({"proxy_roles": "staff=boss"}, "PROXY_ROLES: .*viewer, operator, admin; staff=boss is not"),
        ({"proxy_roles": "a=viewer,a=admin"}, "PROXY_ROLES: names the group a twice"),
        ({"proxy_user_header": "X User"}, "PROXY_USER_HEADER"),
    ],
)
def test_an_invalid_setting_is_named(variables: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        load(DashboardSettings, **variables)
