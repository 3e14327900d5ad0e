from tests.unit.dashboard.conftest import dashboard

__all__ = ["dashboard"]
