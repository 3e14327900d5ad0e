"""The page of services, generated from the registry."""

from collections.abc import Iterator

from runtime.services import SERVICES, RestartPolicy, Service
from scripts.docs.markdown import code, codes, table

INTRODUCTION = """# Services

Each service serves `/livez`, `/readyz` and `/metrics` on its port. `setup` (one-shot) and `sensorctl` run in
the image `sensors-tools` as well: `setup` logs in as the owner and creates the users and roles, `sensorctl`
logs in as `operator` and `reader`.

"""
HEADINGS = (
    "Module",
    "In Compose",
    "Image",
    "Port",
    "Broker user",
    "Database role",
    "Native port",
    "Variable",
)
CONCLUSION = """
The native stack starts the services in this order, after PostgreSQL, epmd and RabbitMQ, and stops them in
the reverse order. It restarts a service that exits, with a delay that doubles from {delay:g} s to
{max_delay:g} s. After {retries} restarts in a row, or after exit code 78 (invalid setting), the service is
`FATAL` and is not restarted.

The table is generated from `runtime/services.py`. [Adding a service](../development/adding-a-service.md)
describes how to extend it.
"""


def page() -> str:
    """Return the whole page."""
    policy: RestartPolicy = SERVICES[0].restart
    conclusion = CONCLUSION.format(
        delay=policy.delay_seconds, max_delay=policy.max_delay_seconds, retries=policy.max_retries
    )
    return INTRODUCTION + table(HEADINGS, map(list, map(_cells, SERVICES))) + conclusion


def _cells(service: Service) -> Iterator[str]:
    several = service.scales or service.instances > 1
    yield code(service.module)
    yield codes(service.compose_names) + " (scales)" * service.scales
    yield code(service.image)
    yield str(service.container_port)
    yield code(service.broker_user.name) if service.broker_user else ""
    yield code(service.database_role.name) if service.database_role else ""
    yield str(service.native_port) + " and following" * several
    yield code(service.port_variable)
