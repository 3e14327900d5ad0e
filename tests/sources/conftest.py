"""The servers of the integration tests, for what real sources are fetched through."""

from tests.integration.conftest import broker, database, mode, queue_type, roles, run, template

__all__ = ["broker", "database", "mode", "queue_type", "roles", "run", "template"]
