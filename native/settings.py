"""The native stack's settings, from variables and `.env`, and the layout of its directory."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, create_model, field_validator

from runtime.env_file import read_env_file
from runtime.errors import ConfigurationError
from runtime.services import SERVICES, Service
from runtime.settings import Settings, load
from scaler.rules import ScalingRules

ROOT = Path(__file__).resolve().parent.parent
MAX_PIPELINES = 50
# Profiles of docker-compose.yml that have no process here.
CONTAINER_PROFILES = frozenset({"grafana", "metrics", "tools"})

Port = Annotated[int, Field(ge=1, le=65535)]


def _port_field(service: Service) -> tuple[object, object]:
    several = service.scales or service.instances > 1
    first = f"HTTP port of {service.module}-1 on 127.0.0.1; the next instances use the following ports"
    only = f"HTTP port of the {service.module} on 127.0.0.1"
    return Port, Field(default=service.native_port, description=first if several else only)


if TYPE_CHECKING:

    class ServicePorts(Settings):
        """One field for each service of the registry."""

else:
    ServicePorts = create_model(
        "ServicePorts",
        __base__=Settings,
        **{service.port_variable.lower(): _port_field(service) for service in SERVICES},
    )


class StackSettings(ServicePorts, ScalingRules):
    """The ports on 127.0.0.1 (named as for Docker Compose), the number of consumers, and the directory."""

    rabbitmq_host_port: Port = Field(default=5675, description="AMQP port on 127.0.0.1")
    rabbitmq_management_host_port: Port = Field(
        default=15675, description="Port of the management UI on 127.0.0.1"
    )
    mqtt_host_port: Port = Field(default=1885, description="MQTT port on 127.0.0.1")
    postgres_host_port: Port = Field(default=5435, description="PostgreSQL port on 127.0.0.1")
    webdav_host_port: Port = Field(
        default=8087, description="Port of the WebDAV server on 127.0.0.1, with the profile `reports`"
    )
    pipelines: int | None = Field(
        default=None,
        ge=1,
        le=MAX_PIPELINES,
        description="Number of consumers; unset: as many as last time, or 1",
    )
    compose_profiles: str = Field(
        default="",
        description="Profiles whose services run, too, separated by commas: `workflows`, `reports`, `scaler`",
    )
    native_dir: Path = Field(
        default=ROOT / ".native", description="Directory of everything that the native stack keeps"
    )

    def first_port(self, service: Service) -> int:
        """Return the HTTP port of the service's first instance."""
        return int(getattr(self, service.port_variable.lower()))

    @field_validator("compose_profiles")
    @classmethod
    def _require_known_profiles(cls, value: str) -> str:
        ours = {profile for service in SERVICES for profile in service.profiles}
        for name in sorted(_split(value) - ours - CONTAINER_PROFILES):
            raise ValueError(f"there is no profile '{name}'; choose from {', '.join(sorted(ours))}")
        return value

    @property
    def profiles(self) -> frozenset[str]:
        """The enabled profiles; CONTAINER_PROFILES do nothing here."""
        return _split(self.compose_profiles)

    @property
    def layout(self) -> "Layout":
        """The files in the native directory."""
        return Layout(self.native_dir.resolve())


def _split(profiles: str) -> frozenset[str]:
    return frozenset(filter(None, map(str.strip, profiles.split(","))))


class Layout:
    """The paths of the native stack's files."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.checkout_file = directory / "checkout"
        self.logs = directory / "logs"
        self.postgres = directory / "postgres"
        self.rabbitmq = directory / "rabbitmq"
        self.passwords = directory / "passwords"
        self.state_file = directory / "state.json"
        self.client_file = directory / "stack.env"
        self.pipelines_file = directory / "pipelines"
        self.lock_file = directory / "lock"
        self.outboxes = directory / "outboxes"
        self.alerter_state = directory / "alerter.json"
        self.webdav = directory / "webdav"
        self.supervisor_log = self.logs / "supervisor.log"
        self.pid_file = directory / "supervisor.pid"

    @property
    def entries(self) -> frozenset[str]:
        """The names of everything in the directory."""
        return frozenset(path.name for path in vars(self).values() if path.parent == self.directory)

    def outbox(self, sensor: str) -> Path:
        """Return the path of a sensor's outbox."""
        return self.outboxes / f"{sensor}.sqlite3"

    def log(self, name: str) -> Path:
        """Return the path of a process's log."""
        return self.logs / f"{name}.log"


def read_settings() -> StackSettings:
    """Read the settings; the environment takes precedence over `.env`.

    Raises:
        ConfigurationError: When a variable or a line of `.env` is invalid.
    """
    env_file = read_env_file(ROOT / ".env", os.environ)
    for warning in env_file.warnings:
        print(warning, file=sys.stderr)
    if "NATIVE_DIR" in env_file.values and "NATIVE_DIR" not in os.environ:
        # The scripts and sensorctl look for the directory before, or without, reading `.env`.
        raise ConfigurationError(f"NATIVE_DIR in {ROOT / '.env'} has no effect: export it instead")
    os.environ.update({name: value for name, value in env_file.values.items() if name not in os.environ})
    return load(StackSettings)
