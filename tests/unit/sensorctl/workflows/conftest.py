"""The fixtures of the tests of workflows."""

from tests.unit.sensorctl.workflows.fakes import any_kind, workflows

__all__ = ["any_kind", "workflows"]
