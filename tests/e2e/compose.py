"""Drives the compose stack from a fresh copy of the repository, beside whatever else runs."""

import json
import os
import shutil
import subprocess
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from native.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
OVERRIDE = ROOT / "tests" / "e2e" / "compose.e2e.yml"
MINUTES = 60.0


def require_docker() -> None:
    """Skip where the stack cannot be built and started."""
    for command in (("docker", "info"), ("docker", "compose", "version")):
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=MINUTES, check=False)
        except OSError as error:
            pytest.skip(f"no Docker: {error}")
        if done.returncode:
            pytest.skip(f"no Docker engine with Compose v2: {done.stderr.strip() or done.stdout.strip()}")


def copy_of_the_repository(target: Path) -> Path:
    """What a clone would hold, with the changes that are not committed yet."""
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
    """One project of its own, with its own ports, volumes and container names."""

    folder: Path
    project: str
    amqp_port: int = field(default_factory=free_port)
    management_port: int = field(default_factory=free_port)
    mqtt_port: int = field(default_factory=free_port)
    postgres_port: int = field(default_factory=free_port)
    prometheus_port: int = field(default_factory=free_port)
    dashboard_port: int = field(default_factory=free_port)
    profiles: str = ""

    @property
    def environment(self) -> dict[str, str]:
        passed_on = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return passed_on | {
            "COMPOSE_PROJECT_NAME": self.project,
            "COMPOSE_FILE": f"docker-compose.yml:{OVERRIDE}",
            "RABBITMQ_HOST_PORT": str(self.amqp_port),
            "RABBITMQ_MANAGEMENT_HOST_PORT": str(self.management_port),
            "MQTT_HOST_PORT": str(self.mqtt_port),
            "POSTGRES_HOST_PORT": str(self.postgres_port),
            "PROMETHEUS_HOST_PORT": str(self.prometheus_port),
            "DASHBOARD_HOST_PORT": str(self.dashboard_port),
            "COMPOSE_PROFILES": self.profiles,
        }

    @property
    def amqp_url(self) -> str:
        return f"amqp://sensors:sensors@127.0.0.1:{self.amqp_port}/%2F"

    def run(self, *command: str, **extra: str) -> str:
        """A command in the folder of the clone; its output, which a failure shows."""
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment | extra,
            timeout=5 * MINUTES,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}"
        return done.stdout

    def succeeds(self, *command: str) -> bool:
        """Whether a command ends with 0."""
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            timeout=MINUTES,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        return done.returncode == 0

    def compose(self, *arguments: str, **extra: str) -> str:
        return self.run("docker", "compose", *arguments, **extra)

    def containers(self, *services: str) -> list[dict[str, Any]]:
        """`docker inspect` of the services' containers."""
        ids = self.compose("ps", "-aq", *services).split()
        inspected: list[dict[str, Any]] = json.loads(self.run("docker", "inspect", *ids)) if ids else []
        return inspected

    def query(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        url = f"postgresql://sensors:sensors@127.0.0.1:{self.postgres_port}/sensors"
        with psycopg.connect(url, connect_timeout=5) as connection:
            return connection.execute(statement, parameters).fetchall()

    def ask_dashboard(self, path: str) -> Any:
        """What the dashboard's API answers."""
        url = f"http://127.0.0.1:{self.dashboard_port}{path}"
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(url, timeout=10) as answer:
            return json.load(answer)

    def rabbitmq(self, *arguments: str) -> str:
        return self.compose("exec", "-T", "rabbitmq", *arguments)

    def depth(self, queue: str) -> dict[str, int]:
        """What is ready and unacked in a queue, as the broker counts now."""
        columns = ("name", "messages_ready", "messages_unacknowledged", "consumers")
        told = self.rabbitmq("rabbitmqctl", "-q", "--formatter", "json", "list_queues", *columns)
        listed: list[dict[str, Any]] = json.loads(told)
        return next(row for row in listed if row["name"] == queue)

    def sensorctl(self, *arguments: str) -> str:
        done = subprocess.run(
            ["docker", "compose", "run", "--rm", "-T", "sensorctl", *arguments],
            cwd=self.folder,
            env=self.environment,
            timeout=MINUTES,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
