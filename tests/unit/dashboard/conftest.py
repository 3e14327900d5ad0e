from collections.abc import Iterator

import pytest

from tests.system_status import healthy_status
from tests.unit.dashboard.dashboard_server import TOKEN, DashboardServer, run_dashboard


@pytest.fixture
def dashboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[DashboardServer]:
    """A dashboard with a token and a first status."""
    with run_dashboard(TOKEN, monkeypatch) as server:
        server.snapshots.publish(healthy_status())
        yield server


@pytest.fixture
def read_only_dashboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[DashboardServer]:
    """A dashboard without a token, with a first status."""
    with run_dashboard(None, monkeypatch) as server:
        server.snapshots.publish(healthy_status())
        yield server
