"""Discovery of the services: hosts by name, or the state file of the native system."""

import os
import re
import socket
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ValidationError

from runtime.errors import ConfigurationError
from runtime.process_state import ProcessState
from runtime.services import DEFAULT_HTTP_PORT, SERVICES, Stage

MAX_PORT = 65535
LOOPBACK = "127.0.0.1"
# The part of the setting SERVICES that stands for the services of docker-compose.yml.
COMPOSE = "compose"


@dataclass(frozen=True, kw_only=True)
class Target:
    """A service to probe, and what its supervisor reports about it.

    Without an address it does not run, and `reason` says why. `down_since` and `restarts` come from the
    supervisor.
    """

    name: str
    address: tuple[str, int] | None
    reason: str | None = None
    down_since: datetime | None = None
    restarts: int | None = None


def build_discoveries(services: str) -> "list[Discovery]":
    """Return the discoveries for the setting SERVICES.

    Raises:
        ConfigurationError: When the setting names something that is neither a host nor a file.
    """
    if services.startswith("/"):
        return [StateFileDiscovery(Path(services))]
    parts = [part.strip() for part in services.split(",") if part.strip()]
    return [discovery for part in parts for discovery in _dns_discoveries(part)]


def _dns_discoveries(part: str) -> "list[DnsDiscovery]":
    if part != COMPOSE:
        return [DnsDiscovery(*_parse_host(part))]
    return [
        DnsDiscovery(name, service.container_port, exclude_self=True, optional=bool(service.profiles))
        for service in SERVICES
        for name in service.compose_names
    ]


def _parse_host(text: str) -> tuple[str, int]:
    host, colon, port = text.partition(":")
    if not host or (colon and not (port.isascii() and port.isdecimal() and 1 <= int(port) <= MAX_PORT)):
        raise ConfigurationError(
            f"SERVICES contains {text!r}: expected compose, host or host:port, separated by commas, or the "
            "absolute path of the native system's state file"
        )
    return host, int(port) if port else DEFAULT_HTTP_PORT


class DnsDiscovery:
    """Discovers a service by its host name; each address of the name is a target.

    An `optional` service is expected to run only after its name was resolved once.
    """

    def __init__(self, host: str, port: int, *, exclude_self: bool = False, optional: bool = False) -> None:
        self._host, self._port = host, port
        self._is_expected = not optional
        self._exclude_self = exclude_self
        self.name = host if port == DEFAULT_HTTP_PORT else f"{host}:{port}"

    def discover_targets(self) -> list[Target]:
        """Resolve the name; a name without an address gives one target without an address."""
        try:
            found = socket.getaddrinfo(self._host, self._port, socket.AF_INET, socket.SOCK_STREAM)
        except OSError:
            if not self._is_expected:
                return []
            reason = f"the host name {self._host} does not resolve: it does not run, or runs elsewhere"
            return [Target(name=self.name, address=None, reason=reason)]
        self._is_expected = True
        addresses = sorted({str(address[0]) for *_, address in found})
        if self._exclude_self and addresses == [_own_address()]:
            return []
        if len(addresses) == 1:
            return [Target(name=self.name, address=(addresses[0], self._port))]
        return [
            Target(name=self._replica_name(address), address=(address, self._port)) for address in addresses
        ]

    def _replica_name(self, address: str) -> str:
        """Return the name with the number that Compose or Swarm gave the container, else with the address."""
        container = re.search(rf"{re.escape(self._host)}[-.]\d+(?=\.|$)", _reverse_lookup(address))
        return container[0] if container else f"{self.name} {address}"


def _own_address() -> str:
    try:
        return socket.gethostbyname(socket.gethostname())
    except OSError:
        return ""


def _reverse_lookup(address: str) -> str:
    try:
        return socket.gethostbyaddr(address)[0]
    except OSError:
        return ""


class _Program(BaseModel):
    """The fields of a program in the supervisor's state file that are read here."""

    name: str
    state: ProcessState
    pid: int | None
    port: int | None
    stage: int
    restarts: int
    last_exit_code: int | None
    changed_at: datetime


class _State(BaseModel):
    services: list[_Program]


class StateFileDiscovery:
    """Discovers the services of the native system from the state file of its supervisor."""

    name = "the native system"

    def __init__(self, file: Path) -> None:
        self._file = file

    def discover_targets(self) -> list[Target]:
        """Return the services, without the servers, finished programs and this process itself."""
        try:
            state = _State.model_validate_json(self._file.read_bytes())
        except (OSError, ValidationError):
            reason = "its state file does not exist: it does not run"
            return [Target(name=self.name, address=None, reason=reason)]
        return [
            _target(program)
            for program in state.services
            if program.stage > Stage.BROKER
            and program.state is not ProcessState.EXITED
            and program.pid != os.getpid()
        ]


Discovery = DnsDiscovery | StateFileDiscovery


def _target(program: _Program) -> Target:
    running = program.state is ProcessState.RUNNING
    last_exit = "" if program.last_exit_code is None else f" after exit code {program.last_exit_code}"
    return Target(
        name=program.name,
        address=(LOOPBACK, program.port) if running and program.port else None,
        reason=None if running else f"{program.state}{last_exit}",
        down_since=None if running else program.changed_at,
        restarts=program.restarts,
    )
