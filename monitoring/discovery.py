"""Where the services are: hosts by name, or the native system's own table."""

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

HIGHEST_PORT = 65535
LOOPBACK = "127.0.0.1"
# The part of the setting SERVICES that stands for the services of docker-compose.yml.
COMPOSE = "compose"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a service answers, if it does, and what its supervisor says of it.

    Without an address it does not run, and `why` tells more. `gone_since` and `restarts` come from the
    supervisor.
    """

    name: str
    address: tuple[str, int] | None
    why: str | None = None
    gone_since: datetime | None = None
    restarts: int | None = None


def discover_targets(services: str) -> "list[Places]":
    """How to find the services of the setting SERVICES, each part by itself. Raises ConfigurationError."""
    if services.startswith("/"):
        return [NativeStateFile(Path(services))]
    parts = [part.strip() for part in services.split(",") if part.strip()]
    return [target for part in parts for target in _targets(part)]


def _targets(part: str) -> "list[HostName]":
    if part != COMPOSE:
        return [HostName(*_host_and_port(part))]
    return [
        HostName(name, service.container_port, exclude_self=True)
        for service in SERVICES
        for name in service.compose_names
    ]


def _host_and_port(written: str) -> tuple[str, int]:
    host, colon, port = written.partition(":")
    if not host or (colon and not (port.isascii() and port.isdecimal() and 1 <= int(port) <= HIGHEST_PORT)):
        raise ConfigurationError(
            f"SERVICES names {written!r}: write compose, host or host:port, separated by commas, or "
            "the absolute path of the native system's state file"
        )
    return host, int(port) if port else DEFAULT_HTTP_PORT


class HostName:
    """A host by its name; where the name has several addresses, each of them is a service."""

    def __init__(self, host: str, port: int, *, exclude_self: bool = False) -> None:
        self._host, self._port = host, port
        self._exclude_self = exclude_self
        self.name = host if port == DEFAULT_HTTP_PORT else f"{host}:{port}"

    def __call__(self) -> list[Place]:
        """The places at this moment; one without an address when the name has none."""
        try:
            found = socket.getaddrinfo(self._host, self._port, socket.AF_INET, socket.SOCK_STREAM)
        except OSError:
            why = f"nothing is called {self._host}: it does not run, or runs elsewhere"
            return [Place(name=self.name, address=None, why=why)]
        addresses = sorted({str(address[0]) for *_, address in found})
        if self._exclude_self and addresses == [_own_address()]:
            return []
        if len(addresses) == 1:
            return [Place(name=self.name, address=(addresses[0], self._port))]
        return [Place(name=self._name_of(address), address=(address, self._port)) for address in addresses]

    def _name_of(self, address: str) -> str:
        """With the number that Compose gave this container, if it is one."""
        container = re.search(rf"{re.escape(self._host)}-\d+(?=\.|$)", _reverse(address))
        return container[0] if container else f"{self.name} {address}"


def _own_address() -> str:
    try:
        return socket.gethostbyname(socket.gethostname())
    except OSError:
        return ""


def _reverse(address: str) -> str:
    try:
        return socket.gethostbyaddr(address)[0]
    except OSError:
        return ""


class _Program(BaseModel):
    """What is read of a program in the supervisor's state file."""

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


class NativeStateFile:
    """The native system's services, from the file in which its supervisor reports them."""

    name = "the native system"

    def __init__(self, file: Path) -> None:
        self._file = file

    def __call__(self) -> list[Place]:
        """The places at this moment, without the servers, what has nothing left to do, and who asks."""
        try:
            state = _State.model_validate_json(self._file.read_bytes())
        except (OSError, ValidationError):
            return [Place(name=self.name, address=None, why="its state file is gone: it does not run")]
        return [
            _place(program)
            for program in state.services
            if program.stage > Stage.BROKER
            and program.state is not ProcessState.EXITED
            and program.pid != os.getpid()
        ]


Places = HostName | NativeStateFile


def _place(program: _Program) -> Place:
    running = program.state is ProcessState.RUNNING
    ended = "" if program.last_exit_code is None else f" after exit code {program.last_exit_code}"
    return Place(
        name=program.name,
        address=(LOOPBACK, program.port) if running and program.port else None,
        why=None if running else f"{program.state}{ended}",
        gone_since=None if running else program.changed_at,
        restarts=program.restarts,
    )
