"""What the reference finds in the services of the registry, so that a new service is part of it."""

import importlib
import importlib.util
from types import ModuleType

from runtime.services import SERVICES
from runtime.settings import ServiceSettings

MODULES = tuple(service.module for service in SERVICES)


def settings_classes() -> dict[str, type[ServiceSettings]]:
    """Return the settings class of each service that has one of its own."""
    return {
        name: found
        for name in MODULES
        if (module := import_if_present(f"{name}.settings"))
        for found in vars(module).values()
        if isinstance(found, type)
        and issubclass(found, ServiceSettings)
        and found.__module__ == module.__name__
    }


def telemetry_modules() -> dict[str, ModuleType]:
    """Return the module of each service that registers metrics; importing it registers them."""
    return {name: module for name in MODULES if (module := import_if_present(f"{name}.telemetry"))}


def import_if_present(name: str) -> ModuleType | None:
    """Import a module; None if there is no such module."""
    return importlib.import_module(name) if importlib.util.find_spec(name) else None
