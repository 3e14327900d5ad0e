"""A private RabbitMQ node on 127.0.0.1, with its own data, cookie, password and epmd."""

import base64
import json
import os
import shutil
import socket
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from native.ports import LOOPBACK, free_port
from native.program import Program, running
from native.secret import load_or_create_password, write_private
from runtime.errors import ServiceUnavailable
from runtime.services import Stage

USER = "sensors"
VHOST = "sensors"
NODE = "sensors@localhost"
START_TIMEOUT_SECONDS = 120.0
PROBE_TIMEOUT_SECONDS = 2.0
PROTOCOL_HEADER = b"AMQP\x00\x00\x09\x01"
# The real script first: Debian's /usr/sbin/rabbitmq-server switches to another user and replaces HOME.
SERVER_PATHS = ("/usr/lib/rabbitmq/bin/rabbitmq-server", "/opt/rabbitmq/sbin/rabbitmq-server")


class PrivateRabbitMQ:
    """A broker whose files are all in `directory`; as a context manager it runs during the block.

    Messages and password are kept in the directory. Without ports it uses any that are free.

    Raises:
        ServiceUnavailable: When there are no binaries, or it does not start.
    """

    user = USER
    vhost = VHOST

    def __init__(
        self,
        directory: Path,
        *,
        port: int | None = None,
        management_port: int | None = None,
        mqtt_port: int | None = None,
        log: Path | None = None,
        max_message_bytes: int | None = None,
    ) -> None:
        self.directory = directory.resolve()
        self._max_message_bytes = max_message_bytes
        self.port = port or free_port()
        self.management_port = management_port or free_port()
        self.mqtt_port = mqtt_port or free_port()
        self.log = log or self.directory / "rabbitmq.log"
        self.server, self.epmd = find_server(), find_epmd()
        # Only the node and its own tools use these two ports.
        self._epmd_port, self._distribution_port = free_port(), free_port()
        self._running = ExitStack()

    @property
    def password(self) -> str:
        """The administrator's password: random, created once."""
        return load_or_create_password(self.directory / "password")

    @property
    def url(self) -> str:
        """The AMQP URL."""
        return f"amqp://{USER}:{self.password}@{LOOPBACK}:{self.port}/{VHOST}"

    @property
    def management_url(self) -> str:
        """The URL of the management UI and API, without credentials."""
        return f"http://{LOOPBACK}:{self.management_port}"

    def prepare(self) -> None:
        """Write its configuration; messages and password are kept."""
        self.directory.mkdir(parents=True, exist_ok=True)
        load_or_create_password(self.directory / ".erlang.cookie")
        write_private(self.directory / "enabled_plugins", "[rabbitmq_management,rabbitmq_mqtt].\n")
        write_private(self.directory / "definitions.json", json.dumps(self._definitions()))
        write_private(self.directory / "rabbitmq.conf", self._configuration())

    def programs(self) -> tuple[Program, Program]:
        """Return epmd and the broker, in the order of their start: the broker registers with epmd.

        Without it, Erlang would start an epmd daemon of its own, which would keep running.
        """
        return self._epmd_program(), self._server_program()

    def is_ready(self) -> bool:
        """Return whether it speaks AMQP and accepts its user's credentials."""
        try:
            return self._speaks_amqp() and bool(self._get("/api/whoami"))
        except OSError:
            return False

    def __enter__(self) -> Self:
        self.prepare()
        self._running.enter_context(
            running(*self.programs(), ready=self.is_ready, timeout_seconds=START_TIMEOUT_SECONDS)
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def _definitions(self) -> dict[str, Any]:
        # With this default of the virtual host, a plain durable declare creates a quorum queue, and a second
        # such declare is accepted, on 3.10 and on 4.x (verified on both). The node has such a default only
        # since 3.13.
        # With definitions the broker creates no user guest.
        return {
            "users": [{"name": USER, "password": self.password, "tags": ["administrator"]}],
            "vhosts": [{"name": VHOST, "metadata": {"default_queue_type": "quorum"}}],
            "permissions": [{"user": USER, "vhost": VHOST, "configure": ".*", "write": ".*", "read": ".*"}],
        }

    def _configuration(self) -> str:
        settings = {
            "listeners.tcp.1": f"{LOOPBACK}:{self.port}",
            "management.tcp.ip": LOOPBACK,
            "management.tcp.port": self.management_port,
            "mqtt.listeners.tcp.1": f"{LOOPBACK}:{self.mqtt_port}",
            "mqtt.vhost": VHOST,
            "mqtt.allow_anonymous": "false",
            "load_definitions": self.directory / "definitions.json",
            # This excludes ANONYMOUS, which RabbitMQ 4 would offer.
            "auth_mechanisms.1": "PLAIN",
            "auth_mechanisms.2": "AMQPLAIN",
            # As deploy/rabbitmq/limits.conf explains.
            "disk_free_limit.absolute": "1GB",
            "log.console": "true",
            "log.file": "false",
        }
        if supports_timestamps(self.server):
            settings["message_interceptors.incoming.set_header_timestamp.overwrite"] = "false"
        if self._max_message_bytes:
            settings["max_message_size"] = self._max_message_bytes
        return "".join(f"{name} = {value}\n" for name, value in settings.items())

    def _epmd_program(self) -> Program:
        return Program(
            name="epmd",
            command=(str(self.epmd), "-port", str(self._epmd_port), "-address", LOOPBACK),
            environment=self._environment(),
            log=self.log.with_name("epmd.log"),
            stage=Stage.EPMD,
        )

    def _server_program(self) -> Program:
        return Program(
            name="rabbitmq",
            command=(str(self.server),),
            environment=self._environment(),
            log=self.log,
            stage=Stage.BROKER,
            port=self.port,
            grace_seconds=60,
        )

    def _environment(self) -> dict[str, str]:
        """Return the environment, without the settings of the user's or the machine's RabbitMQ."""
        inherited = {name: os.environ[name] for name in ("PATH", "TZ") if name in os.environ}
        home = self.directory
        return inherited | {
            "HOME": str(home),
            # With another encoding, the scripts of the broker and Erlang fail at a path that is not ASCII.
            "LC_ALL": "C.UTF-8",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "RABBITMQ_NODENAME": NODE,
            "RABBITMQ_DIST_PORT": str(self._distribution_port),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq.conf"),
            "RABBITMQ_CONFIG_FILES": str(home / "conf.d"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(home / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(home / "data"),
            "RABBITMQ_LOG_BASE": str(home / "log"),
            "RABBITMQ_LOGS": "-",
            # Makes the script replace itself with the node, which handles SIGTERM, instead of waiting …
            "RABBITMQ_ALLOW_INPUT": "1",
            # … which then needs -noinput. With +fnu, file names are UTF-8.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                "+fnu -noinput -kernel inet_dist_use_interface {127,0,0,1}"
            ),
        }

    def _speaks_amqp(self) -> bool:
        with socket.create_connection((LOOPBACK, self.port), timeout=PROBE_TIMEOUT_SECONDS) as connection:
            connection.sendall(PROTOCOL_HEADER)
            return connection.recv(1) == b"\x01"  # a method frame: connection.start

    def _get(self, path: str) -> bytes:
        credentials = base64.b64encode(f"{USER}:{self.password}".encode()).decode()
        request = urllib.request.Request(  # noqa: S310 (a fixed http URL)
            f"{self.management_url}{path}", headers={"Authorization": f"Basic {credentials}"}
        )
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(request, timeout=PROBE_TIMEOUT_SECONDS) as response:
            return bytes(response.read())


def find_server() -> Path:
    """Return the path of the installed rabbitmq-server.

    Raises:
        ServiceUnavailable: When it is not installed.
    """
    candidates = [*SERVER_PATHS, *filter(None, [shutil.which("rabbitmq-server")])]
    for path in map(Path, candidates):
        if os.access(path, os.X_OK):
            return path
    raise ServiceUnavailable("RabbitMQ is not installed. Install it: apt-get install rabbitmq-server")


def supports_timestamps(server: Path) -> bool:
    """Return whether this broker can add a timestamp to incoming messages; RabbitMQ can since 3.12.

    It does not start with an option that it does not know.
    """
    schemas = (server.resolve().parent.parent / "plugins").glob("rabbit-*/priv/schema/rabbit.schema")
    return any("message_interceptors.incoming" in schema.read_text(encoding="utf-8") for schema in schemas)


def find_epmd() -> Path:
    """Return the path of epmd, Erlang's port mapper daemon, which is installed with Erlang.

    Raises:
        ServiceUnavailable: When it is not installed.
    """
    found = shutil.which("epmd") or next(map(str, Path("/usr/lib/erlang").glob("erts-*/bin/epmd")), None)
    if found is None:
        raise ServiceUnavailable("Erlang's epmd is not installed. Install it: apt-get install erlang-base")
    return Path(found)
