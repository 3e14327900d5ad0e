"""What is scaled: how many replicas are requested of it, and how to request another number."""

import json
import os
import socket
from contextlib import closing
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

from runtime.errors import ServiceUnavailable
from runtime.http_errors import os_error_text
from scaler.settings import ScalerSettings

TIMEOUT_SECONDS = 10


class TargetUnavailable(ServiceUnavailable):
    """The number of replicas can neither be read nor changed now."""


class Replicas(Protocol):
    """The replicas of one target."""

    def read(self) -> int:
        """Return the requested number.

        Raises:
            TargetUnavailable: When it cannot be read.
        """
        ...

    def request(self, count: int) -> None:
        """Request another number.

        Raises:
            TargetUnavailable: When that fails; the next attempt reads the number again.
        """
        ...


def scaled_replicas(settings: ScalerSettings) -> Replicas:
    """Return the target that the settings name."""
    if settings.scaler_replicas_file:
        return NativeReplicas(settings.scaler_replicas_file)
    return SwarmReplicas(settings.docker_host, settings.scaler_swarm_service or "")


class NativeReplicas:
    """The consumers of the native stack, whose supervisor follows the number in a file."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self) -> int:
        """Return the number in the file.

        Raises:
            TargetUnavailable: When there is none.
        """
        try:
            return int(self._file.read_text(encoding="ascii"))
        except (OSError, ValueError) as error:
            raise TargetUnavailable(f"{self._file} has no number of consumers: {error}") from error

    def request(self, count: int) -> None:
        """Replace the file atomically; the supervisor may read it at any time.

        Raises:
            TargetUnavailable: When it cannot be written.
        """
        draft = self._file.with_name(f"{self._file.name}.{os.getpid()}.new")
        try:
            draft.write_text(f"{count}\n", encoding="ascii")
            draft.replace(self._file)
        except OSError as error:
            raise TargetUnavailable(f"{self._file} cannot be written: {error.strerror}") from error


class SwarmReplicas:
    """A replicated service of Docker Swarm, through the API of a manager's engine."""

    def __init__(self, docker_host: str, service: str) -> None:
        self._service = service
        self._address = urlsplit(docker_host)

    def read(self) -> int:
        """Return the replicas of the service's specification."""
        return int(self._replicated(self._inspect()["Spec"])["Replicas"])

    def request(self, count: int) -> None:
        """Change nothing of the specification but the replicas, as `docker service scale` does."""
        service = self._inspect()
        self._replicated(service["Spec"])["Replicas"] = count
        path = f"/services/{service['ID']}/update?version={service['Version']['Index']}"
        self._call("POST", path, service["Spec"])

    def _inspect(self) -> dict[str, Any]:
        found: dict[str, Any] = self._call("GET", f"/services/{quote(self._service, safe='')}")
        return found

    def _replicated(self, spec: dict[str, Any]) -> dict[str, Any]:
        replicated: dict[str, Any] | None = spec["Mode"].get("Replicated")
        if replicated is None:
            raise TargetUnavailable(f"the service {self._service} is not replicated: deploy it so")
        return replicated

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        try:
            with closing(self._connection()) as connection:
                headers = {"Content-Type": "application/json"}
                connection.request(method, path, json.dumps(body) if body else None, headers)
                response = connection.getresponse()
                content = json.loads(response.read() or b"{}")
        except (HTTPException, OSError, ValueError) as error:
            reason = os_error_text(error) or str(error) or type(error).__name__
            raise TargetUnavailable(f"the Docker engine does not answer: {reason}") from error
        if response.status >= HTTPStatus.BAD_REQUEST:
            message = content.get("message", response.reason)
            raise TargetUnavailable(f"the Docker engine refuses: {response.status} {message}")
        return content

    def _connection(self) -> HTTPConnection:
        if self._address.scheme == "unix":
            return _UnixConnection(self._address.path)
        return HTTPConnection(self._address.netloc, timeout=TIMEOUT_SECONDS)


class _UnixConnection(HTTPConnection):
    """An HTTP connection to a Unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("docker", timeout=TIMEOUT_SECONDS)
        self._path = path

    def connect(self) -> None:
        """Connect; `close` closes the socket even if that fails."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(TIMEOUT_SECONDS)
        self.sock.connect(self._path)
