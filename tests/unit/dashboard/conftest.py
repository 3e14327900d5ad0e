from collections.abc import Iterator

import pytest

from tests.system_status import healthy_status
from tests.unit.dashboard.dashboard_server import DashboardServer, run_dashboard
from web.auth import AnonymousView


@pytest.fixture
def dashboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[DashboardServer]:
    """A dashboard with a key of each role, which everyone may view, and a first status."""
    with run_dashboard(monkeypatch) as server:
        server.snapshots.publish(healthy_status())
        yield server


@pytest.fixture
def read_only_dashboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[DashboardServer]:
    """A dashboard without a key, with a first status."""
    with run_dashboard(monkeypatch, has_keys=False, anonymous_view=AnonymousView.AUTO) as server:
        server.snapshots.publish(healthy_status())
        yield server
