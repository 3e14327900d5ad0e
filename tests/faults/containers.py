"""The Compose stack in a project of its own, independent of other stacks on this machine."""

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.migrate import upgrade
from db.settings import DatabaseSettings
from runtime.settings import load
from tests.e2e.compose import ComposeStack
from tests.faults.environment import (
    BROKER,
    DATABASE,
    SmallDatabase,
    Workers,
    servers_respond,
    wait_for_servers,
)
from tests.faults.local_workers import ROOT, SupervisorThread
from tests.modes import Mode
from tests.ports import reserve_port
from tests.waiting import eventually

OVERRIDE = ROOT / "tests" / "faults" / "compose.faults.yml"
CONSUMER = "pipeline-processor"
IMAGES = ("sensors-faults-tools", "sensors-faults-pipeline")
POSTGRES_IMAGE = "postgres:17"
SMALL_DISK = "192m"
KIBIBYTE = 1024
KILL_SECONDS = 20
# Run inside the container: after `docker kill`, the restart policy does not restart it.
KILL_ALL = ("sh", "-c", "kill -9 -1")


@dataclass
class FaultStack(ComposeStack):
    """The stack built from this tree, with its own images."""

    @property
    def environment(self) -> dict[str, str]:
        base = super().environment
        return base | {"COMPOSE_FILE": f"{base['COMPOSE_FILE']}:{OVERRIDE}"}

    def kill(self, container: str, *user: str) -> None:
        """Kill every process in the container with SIGKILL, and wait until it has ended."""
        before = self._started(container)
        self.succeeds("docker", "exec", *user, container, *KILL_ALL)
        eventually(lambda: self._started(container) != before, KILL_SECONDS, f"{container} has ended")

    def _started(self, container: str) -> str:
        return self.run("docker", "inspect", "-f", "{{.State.Pid}} {{.State.StartedAt}}", container)

    def stopped(self, *services: str) -> list[str]:
        """Return the names of the services' containers that do not run."""
        return [c["Name"] for c in self.containers(*services) if c["State"]["Status"] != "running"]


class ContainerWorkers:
    """The scaled service pipeline-processor, whose containers Docker restarts."""

    def __init__(self, stack: FaultStack, mode: Mode) -> None:
        self._stack = stack
        self._mode = mode
        self.count = 0

    def scale(self, number: int) -> None:
        self._stack.compose(
            "up", "-d", "--no-deps", "--no-recreate", "--scale", f"{CONSUMER}={number}", CONSUMER,
            **self._mode.variables,
        )  # fmt: skip
        self.count = number

    def kill(self, index: int) -> None:
        self._stack.kill(self._ids()[index % self.count])

    def problems(self) -> list[str]:
        stopped = [f"{name} does not run" for name in self._stack.stopped(CONSUMER)]
        found = len(self._ids())
        return stopped if found == self.count else [*stopped, f"{found} of {self.count} consumers exist"]

    def memory(self) -> list[int]:
        """Return the resident bytes of each consumer's largest process."""
        tops = [self._stack.run("docker", "top", container, "-eo", "pid,rss") for container in self._ids()]
        return [max(int(line.split()[1]) for line in top.splitlines()[1:]) * KIBIBYTE for top in tops]

    def deaths(self) -> int:
        """Return the number of restarts."""
        return sum(c["RestartCount"] for c in self._stack.containers(CONSUMER))

    def stop(self) -> None:
        self._stack.compose("rm", "--stop", "--force", CONSUMER)
        self.count = 0

    def _ids(self) -> list[str]:
        return self._stack.compose("ps", "-aq", CONSUMER).split()


class SmallContainer:
    """PostgreSQL on a small tmpfs, which a second container keeps mounted while the server restarts."""

    def __init__(self, stack: FaultStack, name: str) -> None:
        self._stack, self._name = stack, name
        self._mount_holder = f"{name}-mount"
        self._port = reserve_port()
        self.url = f"postgresql://sensors:sensors@127.0.0.1:{self._port}/sensors"

    def start(self, amqp_url: str) -> None:
        """Create the disk, the server and the tables."""
        options = ("--opt", "type=tmpfs", "--opt", "device=tmpfs", "--opt", f"o=size={SMALL_DISK}")
        self._stack.run("docker", "volume", "create", *options, self._name)
        mount = ("-v", f"{self._name}:/disk")
        self._docker(self._mount_holder, *mount, "--entrypoint", "sleep", POSTGRES_IMAGE, "infinity")
        self._docker(
            self._name, "--init", "--restart", "unless-stopped", *mount, "-e", "PGDATA=/disk/data",
            "-e", "POSTGRES_USER=sensors", "-e", "POSTGRES_PASSWORD=sensors", "-e", "POSTGRES_DB=sensors",
            "-p", f"127.0.0.1:{self._port}:5432", POSTGRES_IMAGE,
            "postgres", "-c", "min_wal_size=32MB", "-c", "max_wal_size=48MB",
        )  # fmt: skip
        wait_for_servers(amqp_url, self.url)
        time.sleep(1)  # the image's temporary server, which listens on no port, has stopped
        upgrade(load(DatabaseSettings, database_url=self.url))

    def fill(self) -> None:
        """Write to the disk until it is full."""
        self._stack.succeeds("docker", "exec", self._mount_holder, "sh", "-c", "cat /dev/zero > /disk/filler")

    def empty(self) -> None:
        self._stack.run("docker", "exec", self._mount_holder, "rm", "-f", "/disk/filler")

    def problems(self) -> list[str]:
        status = self._stack.run("docker", "inspect", "-f", "{{.State.Status}}", self._name).strip()
        return [] if status == "running" else [f"the small database is {status}"]

    def close(self) -> None:
        self._stack.succeeds("docker", "rm", "-f", "-v", self._name, self._mount_holder)
        self._stack.succeeds("docker", "volume", "rm", "-f", self._name)

    def _docker(self, name: str, *arguments: str) -> None:
        self._stack.run("docker", "run", "-d", "--name", name, *arguments)


class Containers:
    """Implement tests.faults.environment.Environment."""

    name = "containers"
    servers: tuple[str, ...] = (BROKER, DATABASE)

    def __init__(self, stack: FaultStack, supervisor: SupervisorThread, directory: Path) -> None:
        self._stack = stack
        self.supervisor = supervisor
        self.directory = directory
        self.amqp_url = stack.amqp_url
        self.database_url = stack.database_url

    def workers(self, mode: Mode) -> Workers:
        return ContainerWorkers(self._stack, mode)

    def kill(self, service: str) -> None:
        user = service.partition("-")[0]  # of a server's image, whatever the number of the service
        self._stack.kill(self._id(service), "--user", user)

    def stop(self, service: str) -> None:
        self._stack.run("docker", "stop", self._id(service))

    def start(self, service: str) -> None:
        self._stack.run("docker", "start", self._id(service))

    def rabbitmqctl(self, *arguments: str) -> str:
        return self._stack.rabbitmq("rabbitmqctl", "-q", *arguments)

    def problems(self) -> list[str]:
        return [f"{name} does not run" for name in self._stack.stopped(*self.servers)]

    def small_database(self) -> SmallDatabase | None:
        small = SmallContainer(self._stack, f"{self._stack.project}-small")
        try:
            small.start(self.amqp_url)
        except BaseException:
            small.close()
            raise
        return small

    def _id(self, service: str) -> str:
        container: dict[str, Any] = self._stack.containers(service)[0]
        return str(container["Id"])


@contextmanager
def containers(directory: Path) -> Iterator[Containers]:
    """Start the stack without sensors, whose load the scenarios publish."""
    stack = FaultStack(ROOT, project=f"sensors-faults-{uuid.uuid4().hex[:8]}")
    try:
        stack.compose("build", "setup", CONSUMER)
        stack.compose("up", "-d", "--wait", BROKER, DATABASE)
        stack.compose("run", "--rm", "-T", "setup")
        with SupervisorThread() as supervisor:
            environment = Containers(stack, supervisor, directory)
            assert servers_respond(environment.amqp_url, environment.database_url)
            yield environment
    finally:
        stack.compose("down", "--volumes", "--remove-orphans", "--timeout", "10")
        stack.succeeds("docker", "image", "rm", *IMAGES)


def docker_is_available() -> bool:
    """Return whether a Docker engine with Compose v2 is available."""
    stack = ComposeStack(ROOT, project="sensors-faults")
    try:
        version = stack.run("docker", "compose", "version", "--format", "json")
        return bool(json.loads(version)) and stack.succeeds("docker", "info")
    except (OSError, AssertionError, ValueError):
        return False
