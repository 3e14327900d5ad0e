"""The fixtures of the tests of workflows."""

from tests.unit.sensorctl.workflows.fakes import history, workflows

__all__ = ["history", "workflows"]
