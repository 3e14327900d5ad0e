"""The compose stack as a site: a project of its own, beside whatever else runs."""

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
from tests.faults.site import BROKER, DATABASE, SmallDatabase, Workers, answers, await_answers
from tests.faults.supervising import ROOT, Supervising
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
# From inside: `docker kill` counts as stopping, after which nothing is started again.
KILL_ALL = ("sh", "-c", "kill -9 -1")


@dataclass
class FaultStack(ComposeStack):
    """Built from this very tree, with images of its own."""

    @property
    def environment(self) -> dict[str, str]:
        base = super().environment
        return base | {"COMPOSE_FILE": f"{base['COMPOSE_FILE']}:{OVERRIDE}"}

    def kill(self, container: str, *user: str) -> None:
        """SIGKILL to everything in it; returns once it is dead."""
        before = self._life(container)
        self.succeeds("docker", "exec", *user, container, *KILL_ALL)
        eventually(lambda: self._life(container) != before, KILL_SECONDS, f"{container} is dead")

    def _life(self, container: str) -> str:
        return self.run("docker", "inspect", "-f", "{{.State.Pid}} {{.State.StartedAt}}", container)

    def stopped(self, *services: str) -> list[str]:
        """Each container of the services that does not run."""
        return [c["Name"] for c in self.containers(*services) if c["State"]["Status"] != "running"]


class ContainerWorkers:
    """The service pipeline-processor, scaled; Docker's restart policy starts what dies."""

    def __init__(self, stack: FaultStack, mode: Mode) -> None:
        self._stack = stack
        self._mode = mode
        self.count = 0

    def scale(self, wanted: int) -> None:
        self._stack.compose(
            "up", "-d", "--no-deps", "--no-recreate", "--scale", f"{CONSUMER}={wanted}", CONSUMER,
            **self._mode.variables,
        )  # fmt: skip
        self.count = wanted

    def kill(self, index: int) -> None:
        self._stack.kill(self._ids()[index % self.count])

    def problems(self) -> list[str]:
        stopped = [f"{name} does not run" for name in self._stack.stopped(CONSUMER)]
        found = len(self._ids())
        return stopped if found == self.count else [*stopped, f"{found} of {self.count} consumers are there"]

    def memory(self) -> list[int]:
        """Resident bytes of each consumer's largest process."""
        tops = [self._stack.run("docker", "top", one, "-eo", "pid,rss") for one in self._ids()]
        return [max(int(line.split()[1]) for line in top.splitlines()[1:]) * KIBIBYTE for top in tops]

    def deaths(self) -> int:
        """How often Docker has started one again."""
        return sum(c["RestartCount"] for c in self._stack.containers(CONSUMER))

    def stop(self) -> None:
        self._stack.compose("rm", "--stop", "--force", CONSUMER)
        self.count = 0

    def _ids(self) -> list[str]:
        return self._stack.compose("ps", "-aq", CONSUMER).split()


class SmallContainer:
    """PostgreSQL on a small tmpfs, which a second container keeps alive while the server restarts."""

    def __init__(self, stack: FaultStack, name: str) -> None:
        self._stack, self._name = stack, name
        self._keeper = f"{name}-keeper"
        self._port = reserve_port()
        self.url = f"postgresql://sensors:sensors@127.0.0.1:{self._port}/sensors"

    def start(self, amqp_url: str) -> None:
        """Make the disk, the server and the tables."""
        options = ("--opt", "type=tmpfs", "--opt", "device=tmpfs", "--opt", f"o=size={SMALL_DISK}")
        self._stack.run("docker", "volume", "create", *options, self._name)
        mount = ("-v", f"{self._name}:/disk")
        self._docker(self._keeper, *mount, "--entrypoint", "sleep", POSTGRES_IMAGE, "infinity")
        self._docker(
            self._name, "--init", "--restart", "unless-stopped", *mount, "-e", "PGDATA=/disk/data",
            "-e", "POSTGRES_USER=sensors", "-e", "POSTGRES_PASSWORD=sensors", "-e", "POSTGRES_DB=sensors",
            "-p", f"127.0.0.1:{self._port}:5432", POSTGRES_IMAGE,
            "postgres", "-c", "min_wal_size=32MB", "-c", "max_wal_size=48MB",
        )  # fmt: skip
        await_answers(amqp_url, self.url)
        time.sleep(1)  # the image's temporary server, which no port leads to, has made way
        upgrade(load(DatabaseSettings, database_url=self.url))

    def fill(self) -> None:
        """Until not a byte is left."""
        self._stack.succeeds("docker", "exec", self._keeper, "sh", "-c", "cat /dev/zero > /disk/filler")

    def empty(self) -> None:
        self._stack.run("docker", "exec", self._keeper, "rm", "-f", "/disk/filler")

    def problems(self) -> list[str]:
        told = self._stack.run("docker", "inspect", "-f", "{{.State.Status}}", self._name).strip()
        return [] if told == "running" else [f"the small database is {told}"]

    def close(self) -> None:
        self._stack.succeeds("docker", "rm", "-f", "-v", self._name, self._keeper)
        self._stack.succeeds("docker", "volume", "rm", "-f", self._name)

    def _docker(self, name: str, *arguments: str) -> None:
        self._stack.run("docker", "run", "-d", "--name", name, *arguments)


class Containers:
    """Implements tests.faults.site.Site."""

    name = "containers"

    def __init__(self, stack: FaultStack, supervising: Supervising, directory: Path) -> None:
        self._stack = stack
        self.supervising = supervising
        self.directory = directory
        self.amqp_url = stack.amqp_url
        self.database_url = stack.database_url

    def workers(self, mode: Mode) -> Workers:
        return ContainerWorkers(self._stack, mode)

    def kill(self, service: str) -> None:
        self._stack.kill(self._id(service), "--user", service)  # its processes' user is called as it is

    def stop(self, service: str) -> None:
        self._stack.run("docker", "stop", self._id(service))

    def start(self, service: str) -> None:
        self._stack.run("docker", "start", self._id(service))

    def rabbitmqctl(self, *arguments: str) -> str:
        return self._stack.rabbitmq("rabbitmqctl", "-q", *arguments)

    def problems(self) -> list[str]:
        return [f"{name} does not run" for name in self._stack.stopped(BROKER, DATABASE)]

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
    """The stack without its sensors: the load is the rows' own."""
    stack = FaultStack(ROOT, project=f"sensors-faults-{uuid.uuid4().hex[:8]}")
    try:
        stack.compose("build", "setup", CONSUMER)
        stack.compose("up", "-d", "--wait", BROKER, DATABASE)
        stack.compose("run", "--rm", "-T", "setup")
        with Supervising() as supervising:
            site = Containers(stack, supervising, directory)
            assert answers(site.amqp_url, site.database_url)
            yield site
    finally:
        stack.compose("down", "--volumes", "--remove-orphans", "--timeout", "10")
        stack.succeeds("docker", "image", "rm", *IMAGES)


def engine_answers() -> bool:
    """Whether there is a Docker engine with Compose v2."""
    stack = ComposeStack(ROOT, project="sensors-faults")
    try:
        told = stack.run("docker", "compose", "version", "--format", "json")
        return bool(json.loads(told)) and stack.succeeds("docker", "info")
    except (OSError, AssertionError, ValueError):
        return False
