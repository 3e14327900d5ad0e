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
        ({"dashboard_token": "short"}, "DASHBOARD_TOKEN: .*at least 16"),
        ({"dashboard_hosts": "*"}, "DASHBOARD_HOSTS"),
        ({"http_port": 0}, "HTTP_PORT"),
    ],
)
def test_an_invalid_setting_is_named_without_its_secret(variables: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as error:
        load(DashboardSettings, **variables)
    assert "short" not in str(error.value)
