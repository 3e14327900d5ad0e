"""The stack in a Docker Swarm of two nodes on this machine."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.environment import (
    BROKER,
    SmallDatabase,
    Workers,
    servers_respond,
    wait_for_servers,
)
from tests.faults.local_workers import ROOT, SupervisorThread
from tests.faults.swarm_nodes import Node, docker, swarm
from tests.modes import Mode
from tests.waiting import eventually

STACK = "sensors"
CONSUMER = f"{STACK}_pipeline-processor"
OVERLAY = ROOT / "tests" / "faults" / "compose.swarm.yml"
DEPLOY = ROOT / "deploy" / "swarm" / "deploy.sh"
# The nodes have engines of their own, in which this project's images have their usual names.
BUILT = {
    "sensors-pipeline": ("Dockerfile.pipeline", "pipeline"),
    "sensors-tools": ("Dockerfile.pipeline", "tools"),
}
PREFIX = "sensors-swarm-test/"
SERVERS = ("rabbitmq:4-management", "postgres:17")
PASSWORD = "swarm"  # of both owners, so that the load and the oracle can log in
DEPLOY_SECONDS = 180
TASK_SECONDS = 90


class SwarmWorkers:
    """The consumers: tasks of the Swarm's service."""

    def __init__(self, stack: "SwarmStack") -> None:
        self._stack = stack
        self.count = 0

    def scale(self, number: int) -> None:
        self._stack.scale(CONSUMER, number)
        self.count = number

    def kill(self, index: int) -> None:
        tasks = [(node, task) for node in self._stack.nodes for task in node.containers(CONSUMER)]
        node, task = tasks[index % len(tasks)]
        node.docker("kill", task)

    def problems(self) -> list[str]:
        found = sum(len(node.containers(CONSUMER)) for node in self._stack.nodes)
        return [] if found == self.count else [f"{found} of {self.count} consumers run"]

    def memory(self) -> list[int]:
        return []

    def deaths(self) -> int:
        return 0

    def stop(self) -> None:
        self.scale(0)
        eventually(lambda: not self.problems(), TASK_SECONDS, "the consumers are stopped")


class SwarmStack:
    """Implement tests.faults.environment.Environment."""

    name = "a Swarm of two nodes"

    def __init__(self, nodes: list[Node], supervisor: SupervisorThread, directory: Path) -> None:
        self.nodes = nodes
        self.manager = nodes[0]
        self.supervisor = supervisor
        self.directory = directory
        self.amqp_url = f"amqp://sensors:{PASSWORD}@{self.manager.address}:5672/%2F"
        self.database_url = f"postgresql://sensors:{PASSWORD}@{self.manager.address}:5432/sensors"

    def deploy(self, **variables: str) -> str:
        """Deploy this tree as an operator does, and return what the command prints."""
        environment = {"DOCKER_HOST": self.manager.host, "STACK": STACK, **variables}
        done = subprocess.run(
            ["bash", str(DEPLOY), str(OVERLAY)],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr or done.stdout
        return done.stdout

    def scale(self, service: str, number: int) -> None:
        self.manager.docker("service", "scale", "--detach", f"{service}={number}")

    def replicas(self, service: str) -> int:
        """Return the requested number of tasks."""
        found = self.manager.docker(
            "service", "inspect", "--format", "{{.Spec.Mode.Replicated.Replicas}}", service
        )
        return int(found)

    def update_state(self, service: str) -> str:
        """Return the state of the last update, such as `updating`; empty if there was none."""
        return self.manager.docker(
            "service", "inspect", "--format", "{{with .UpdateStatus}}{{.State}}{{end}}", service
        )

    def drain(self, node: Node) -> None:
        """Stop every task of the node, and run no other on it until `activate`."""
        self._set_availability(node, "drain")

    def activate(self, node: Node) -> None:
        self._set_availability(node, "active")

    def replace_tasks(self, service: str) -> None:
        """Replace each task by a new one, as an update does; new tasks run on the emptiest node."""
        self.manager.docker("service", "update", "--detach", "--force", service)

    def workers(self, mode: Mode) -> Workers:
        del mode  # the consumers run as they are deployed
        return SwarmWorkers(self)

    def kill(self, service: str) -> None:
        for container in self.manager.containers(f"{STACK}_{service}"):
            self.manager.docker("kill", container)

    def stop(self, service: str) -> None:
        self.scale(f"{STACK}_{service}", 0)

    def start(self, service: str) -> None:
        self.scale(f"{STACK}_{service}", 1)

    def rabbitmqctl(self, *arguments: str) -> str:
        (broker,) = self.manager.containers(f"{STACK}_{BROKER}")
        return self.manager.docker("exec", broker, "rabbitmqctl", "-q", *arguments)

    def problems(self) -> list[str]:
        responds = servers_respond(self.amqp_url, self.database_url)
        return [] if responds else ["the broker or the database does not respond"]

    def small_database(self) -> SmallDatabase | None:
        return None

    def setup_is_complete(self) -> bool:
        """Return whether the one-shot service has ended successfully."""
        states = self.manager.docker(
            "service", "ps", "--format", "{{.CurrentState}}", "--filter", "desired-state=shutdown",
            f"{STACK}_setup",
        )  # fmt: skip
        return any(state.startswith("Complete") for state in states.splitlines())

    def _set_availability(self, node: Node, availability: str) -> None:
        self.manager.docker("node", "update", "--availability", availability, node.name)


@contextmanager
def swarm_stack(directory: Path) -> Iterator[SwarmStack]:
    """Deploy the stack to a Swarm of two nodes, with no consumer and no sensor."""
    for image, (file, target) in BUILT.items():
        docker("build", "--quiet", "--file", file, "--target", target, "--tag", PREFIX + image, ".")
    images = [PREFIX + image for image in BUILT]
    try:
        with swarm(directory, [*images, *SERVERS]) as nodes, SupervisorThread() as supervisor:
            for node in nodes:
                for image in BUILT:
                    node.docker("tag", PREFIX + image, image)
            stack = SwarmStack(nodes, supervisor, directory)
            for secret in ("rabbitmq-pass", "postgres-password"):
                content = directory / secret
                content.write_text(PASSWORD, encoding="ascii")
                stack.manager.docker("secret", "create", f"{STACK}-{secret}", str(content))
            stack.deploy()
            wait_for_servers(stack.amqp_url, stack.database_url, DEPLOY_SECONDS)
            eventually(stack.setup_is_complete, DEPLOY_SECONDS, "setup has ended")
            yield stack
    finally:
        docker("image", "rm", *images)
