"""Run the Compose stack from a copy of the repository, independent of other stacks on this machine."""

import json
import os
import shutil
import subprocess
import urllib.request
import uuid
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pika
import psycopg
import pytest
from pika.adapters.blocking_connection import BlockingChannel

from tests.ports import reserve_port

ROOT = Path(__file__).resolve().parents[2]
OVERRIDE = ROOT / "tests" / "e2e" / "compose.e2e.yml"
MINUTES = 60.0
QUEUE = "sensor_data"
DEAD_QUEUE = f"{QUEUE}.dead"
LOGIN = "sensors:sensors"
HTTP_SECONDS = 30
# The notification that an alert is resolved waits for this time after the one that it fires.
GROUP_SECONDS = "5"
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def require_docker() -> None:
    """Skip the test where Docker with Compose is not available."""
    for command in (("docker", "info"), ("docker", "compose", "version")):
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=MINUTES, check=False)
        except OSError as error:
            pytest.skip(f"no Docker: {error}")
        if done.returncode:
            pytest.skip(f"no Docker engine with Compose v2: {done.stderr.strip() or done.stdout.strip()}")


def copy_repository(target: Path) -> Path:
    """Copy the files that a clone would contain, with uncommitted changes."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target


@dataclass
class ComposeStack:
    """A Compose project with its own ports, volumes and container names."""

    folder: Path
    project: str
    amqp_port: int = field(default_factory=reserve_port)
    management_port: int = field(default_factory=reserve_port)
    mqtt_port: int = field(default_factory=reserve_port)
    postgres_port: int = field(default_factory=reserve_port)
    prometheus_port: int = field(default_factory=reserve_port)
    dashboard_port: int = field(default_factory=reserve_port)
    profiles: str = ""
    up_output: str = ""

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return inherited | {
            "COMPOSE_PROJECT_NAME": self.project,
            "COMPOSE_FILE": f"docker-compose.yml:{OVERRIDE}",
            "RABBITMQ_HOST_PORT": str(self.amqp_port),
            "RABBITMQ_MANAGEMENT_HOST_PORT": str(self.management_port),
            "MQTT_HOST_PORT": str(self.mqtt_port),
            "POSTGRES_HOST_PORT": str(self.postgres_port),
            "PROMETHEUS_HOST_PORT": str(self.prometheus_port),
            "DASHBOARD_HOST_PORT": str(self.dashboard_port),
            "COMPOSE_PROFILES": self.profiles,
            "ALERTER_GROUP_SECONDS": GROUP_SECONDS,
        }

    @property
    def amqp_url(self) -> str:
        return f"amqp://{LOGIN}@127.0.0.1:{self.amqp_port}/%2F"

    @property
    def database_url(self) -> str:
        return f"postgresql://{LOGIN}@127.0.0.1:{self.postgres_port}/sensors"

    def run_unchecked(
        self, *command: str, stderr: int = subprocess.PIPE, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in the folder of the clone; it may fail."""
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment | variables,
            timeout=10 * MINUTES,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            check=False,
        )

    def run(self, *command: str, **variables: str) -> str:
        """Run a command that must succeed; return its output with stderr."""
        done = self.run_unchecked(*command, stderr=subprocess.STDOUT, **variables)
        assert done.returncode == 0, f"{command} exited with {done.returncode}:\n{done.stdout}"
        return done.stdout

    def succeeds(self, *command: str) -> bool:
        """Return whether a command exits with 0."""
        return self.run_unchecked(*command).returncode == 0

    def up(self) -> str:
        """Start the stack as a user does, with three consumers; return the output."""
        return self.run("make", "up", "MODE=docker", "PIPELINES=3")

    def compose(self, *arguments: str, **variables: str) -> str:
        return self.run("docker", "compose", *arguments, **variables)

    def containers(self, *services: str) -> list[dict[str, Any]]:
        """Return `docker inspect` of the services' containers."""
        ids = self.compose("ps", "-aq", *services).split()
        inspected: list[dict[str, Any]] = json.loads(self.run("docker", "inspect", *ids)) if ids else []
        return inspected

    def query(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database_url, connect_timeout=5) as connection:
            return connection.execute(statement, parameters).fetchall()

    def get_from_dashboard(self, path: str) -> Any:
        """Return the response of the dashboard's API."""
        return _json(f"http://127.0.0.1:{self.dashboard_port}{path}")

    def rabbitmq(self, *arguments: str) -> str:
        return self.compose("exec", "-T", "rabbitmq", *arguments)

    @contextmanager
    def channel(self, login: str = LOGIN) -> Iterator[BlockingChannel]:
        """Open a channel in confirm mode."""
        url = self.amqp_url.replace(LOGIN, login)
        with closing(pika.BlockingConnection(pika.URLParameters(url))) as connection:
            channel = connection.channel()
            channel.confirm_delivery()
            yield channel

    def publish(self, *bodies: bytes) -> None:
        """Publish directly to the queue as simple clients do, and wait for each confirm."""
        with self.channel() as channel:
            for body in bodies:
                channel.basic_publish("", QUEUE, body, mandatory=True)

    def stored(self, sensor_id: str) -> set[uuid.UUID]:
        """Return the ids of the sensor's stored readings."""
        return {
            row[0] for row in self.query("SELECT reading_id FROM reading WHERE sensor_id = %s", sensor_id)
        }

    def ready(self, queue: str = QUEUE) -> int:
        """Return the number of ready messages."""
        with self.channel() as channel:
            return int(channel.queue_declare(queue, passive=True).method.message_count)

    def consumers(self) -> int:
        """Return the number of consumers of the queue."""
        with self.channel() as channel:
            return int(channel.queue_declare(QUEUE, passive=True).method.consumer_count)

    def unacked(self) -> int:
        """Return the number of unacked messages, which the broker updates every five seconds.

        Raises:
            OSError: While the management API does not respond.
            KeyError: While the broker has no statistics of the queue.
        """
        url = f"http://127.0.0.1:{self.management_port}/api/queues/%2F/{quote(QUEUE)}"
        return int(_json(url, LOGIN)["messages_unacknowledged"])

    def sensorctl(self, *arguments: str) -> str:
        done = self.run_unchecked("docker", "compose", "run", "--rm", "-T", "sensorctl", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def reading(sensor_id: str, number: int = 0) -> bytes:
    """Return a reading measured now, whose temperature encodes its number."""
    body: dict[str, Any] = {
        "sensor_id": sensor_id,
        "measured_at": datetime.now(UTC).isoformat(),
        "temperature": 20 + number / 1000,
    }
    return json.dumps(body).encode()


def _json(url: str, login: str | None = None) -> Any:
    request = urllib.request.Request(url)
    if login:
        request.add_header("Authorization", f"Basic {b64encode(login.encode()).decode()}")
    with _DIRECT.open(request, timeout=HTTP_SECONDS) as response:
        return json.load(response)
