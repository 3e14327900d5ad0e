"""The services that run without a profile, from the registry, under the names that users see."""

from native.services import service_instances
from native.settings import StackSettings
from runtime.services import DEFAULT_HTTP_PORT, SERVICES, Service

DASHBOARD = "dashboard"
COMPOSE_SERVICES = tuple(
    name for service in SERVICES if not service.profiles for name in service.compose_names
)


def native_processes(consumers: int) -> list[str]:
    """Return the names of the native stack's processes, in the order of their start."""
    return [instance.name for instance in service_instances(StackSettings(), consumers)]


def discovered_containers(consumers: int) -> set[str]:
    """Return the names under which the status of a Compose stack lists its containers."""
    return {
        name for service in SERVICES if not service.profiles for name in _container_names(service, consumers)
    }


def _container_names(service: Service, consumers: int) -> list[str]:
    names = list(service.compose_names)
    if service.scales:
        names = [f"{name}-{number + 1}" for name in names for number in range(consumers)]
    if service.container_port != DEFAULT_HTTP_PORT:
        names = [f"{name}:{service.container_port}" for name in names]
    return names
