"""A private RabbitMQ: own node, own data, own cookie, own epmd, on 127.0.0.1 only."""

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
from native.program import Program, Stage, running
from native.secret import load_or_create_password, write_private
from runtime.errors import ServiceUnavailable

USER = "sensors"
VHOST = "sensors"
NODE = "sensors@localhost"
START_SECONDS = 120.0
PROBE_SECONDS = 2.0
AMQP_GREETING = b"AMQP\x00\x00\x09\x01"
# First the real script: Debian's /usr/sbin/rabbitmq-server becomes another user and takes over HOME.
SERVER_PLACES = ("/usr/lib/rabbitmq/bin/rabbitmq-server", "/opt/rabbitmq/sbin/rabbitmq-server")


class PrivateRabbitMQ:
    """A broker whose files are all under `directory`; as a context manager it runs during the block.

    The same directory keeps its messages and its password. Ports that are not given are free ones.
    Raises ServiceUnavailable when there are no binaries, or it does not start.
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
        largest_message_bytes: int | None = None,
    ) -> None:
        self.directory = directory.resolve()
        self._largest_message_bytes = largest_message_bytes
        self.port = port or free_port()
        self.management_port = management_port or free_port()
        self.mqtt_port = mqtt_port or free_port()
        self.log = log or self.directory / "rabbitmq.log"
        self.server, self.epmd = find_server(), find_epmd()
        # Only the node and its own tools use these two, so any free port does.
        self._epmd_port, self._distribution_port = free_port(), free_port()
        self._running = ExitStack()

    @property
    def password(self) -> str:
        """The administrator's password, random and kept."""
        return load_or_create_password(self.directory / "password")

    @property
    def url(self) -> str:
        """The AMQP address."""
        return f"amqp://{USER}:{self.password}@{LOOPBACK}:{self.port}/{VHOST}"

    @property
    def management_url(self) -> str:
        """The address of the management UI and API, without the password."""
        return f"http://{LOOPBACK}:{self.management_port}"

    def prepare(self) -> None:
        """Write its configuration anew; messages and password stay."""
        self.directory.mkdir(parents=True, exist_ok=True)
        load_or_create_password(self.directory / ".erlang.cookie")
        write_private(self.directory / "enabled_plugins", "[rabbitmq_management,rabbitmq_mqtt].\n")
        write_private(self.directory / "definitions.json", json.dumps(self._definitions()))
        write_private(self.directory / "rabbitmq.conf", self._configuration())

    def programs(self) -> tuple[Program, Program]:
        """Epmd and the broker, as the supervisor starts them: the broker registers with epmd.

        Without one, Erlang would leave a daemon of its own behind.
        """
        return self._epmd_program(), self._server_program()

    def ready(self) -> bool:
        """Whether it answers on AMQP and lets its user in."""
        try:
            return self._speaks_amqp() and bool(self._ask("/api/whoami"))
        except OSError:
            return False

    def __enter__(self) -> Self:
        self.prepare()
        self._running.enter_context(running(*self.programs(), ready=self.ready, seconds=START_SECONDS))
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def _definitions(self) -> dict[str, Any]:
        # The virtual host's own default makes quorum queues of plain durable declares, and accepts the
        # second such declare, on 3.10 as on 4.x (tried on both); the node's default exists from 3.13 on only.
        # With definitions the broker makes no guest.
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
            # And so not ANONYMOUS, which RabbitMQ 4 would offer.
            "auth_mechanisms.1": "PLAIN",
            "auth_mechanisms.2": "AMQPLAIN",
            "log.console": "true",
            "log.file": "false",
        }
        if stamps_messages(self.server):
            settings["message_interceptors.incoming.set_header_timestamp.overwrite"] = "false"
        if self._largest_message_bytes:
            settings["max_message_size"] = self._largest_message_bytes
        return "".join(f"{name} = {value}\n" for name, value in settings.items())

    def _epmd_program(self) -> Program:
        return Program(
            name="epmd",
            command=(str(self.epmd), "-port", str(self._epmd_port), "-address", LOOPBACK),
            environment=self._environment(),
            log=self.log.with_name("epmd.log"),
            stage=Stage.NAMES,
        )

    def _server_program(self) -> Program:
        return Program(
            name="rabbitmq",
            command=(str(self.server),),
            environment=self._environment(),
            log=self.log,
            stage=Stage.BROKER,
            port=self.port,
            stop_seconds=60,
        )

    def _environment(self) -> dict[str, str]:
        """Nothing of the user's or the machine's RabbitMQ settings gets in."""
        inherited = {name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ}
        home = self.directory
        return inherited | {
            "HOME": str(home),
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
            # So that the script becomes the node, which understands SIGTERM, instead of waiting for it …
            "RABBITMQ_ALLOW_INPUT": "1",
            # … which then must be told that there is no input.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-noinput -kernel inet_dist_use_interface {127,0,0,1}",
        }

    def _speaks_amqp(self) -> bool:
        with socket.create_connection((LOOPBACK, self.port), timeout=PROBE_SECONDS) as connection:
            connection.sendall(AMQP_GREETING)
            return connection.recv(1) == b"\x01"  # a method frame: connection.start

    def _ask(self, path: str) -> bytes:
        credentials = base64.b64encode(f"{USER}:{self.password}".encode()).decode()
        request = urllib.request.Request(  # noqa: S310 (a fixed http URL)
            f"{self.management_url}{path}", headers={"Authorization": f"Basic {credentials}"}
        )
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(request, timeout=PROBE_SECONDS) as answer:
            return bytes(answer.read())


def find_server() -> Path:
    """The machine's rabbitmq-server. Raises ServiceUnavailable when it has none."""
    places = [*SERVER_PLACES, *filter(None, [shutil.which("rabbitmq-server")])]
    for place in map(Path, places):
        if os.access(place, os.X_OK):
            return place
    raise ServiceUnavailable("RabbitMQ is not installed. Install it: apt-get install rabbitmq-server")


def stamps_messages(server: Path) -> bool:
    """Whether this broker can write on a message when it came; RabbitMQ can from 3.12 on.

    An option that it does not know would keep it from starting.
    """
    schemas = (server.resolve().parent.parent / "plugins").glob("rabbit-*/priv/schema/rabbit.schema")
    return any("message_interceptors.incoming" in schema.read_text(encoding="utf-8") for schema in schemas)


def find_epmd() -> Path:
    """Erlang's name server, which comes with the broker's runtime."""
    found = shutil.which("epmd") or next(map(str, Path("/usr/lib/erlang").glob("erts-*/bin/epmd")), None)
    if found is None:
        raise ServiceUnavailable("Erlang's epmd is missing. Install it: apt-get install erlang-base")
    return Path(found)
