"""The instances of services that the native stack runs."""

from collections.abc import Iterator
from dataclasses import dataclass

from native.settings import StackSettings
from runtime.services import SERVICES, Service


@dataclass(frozen=True, slots=True)
class Instance:
    """One process of a service; `number` counts from 1."""

    service: Service
    number: int
    http_port: int

    @property
    def name(self) -> str:
        """Its name in logs and in the state file, such as pipeline-1; numbered if there can be several."""
        module = self.service.module
        numbered = self.service.scales or self.service.instances > 1
        return f"{module}-{self.number}" if numbered else module


def service_instances(settings: StackSettings, pipelines: int) -> Iterator[Instance]:
    """Yield the instances of all services that run without a profile or with an enabled one."""
    for service in SERVICES:
        if service.profiles and settings.profiles.isdisjoint(service.profiles):
            continue
        count = pipelines if service.module == "pipeline" else service.instances
        first_port = settings.first_port(service)
        for index in range(count):
            yield Instance(service, index + 1, first_port + index)
