"""The fixtures of the tests of workflows."""

from tests.unit.sensorctl.workflows.fakes import workflows

__all__ = ["workflows"]
