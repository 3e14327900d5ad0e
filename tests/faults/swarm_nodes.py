"""The nodes of a Docker Swarm on this machine: each is a Docker engine in a container."""

import os
import subprocess
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.local_workers import ROOT
from tests.waiting import eventually

NODE_FOLDER = ROOT / "tests" / "swarm"
NODE_IMAGE = "sensors-swarm-node"
ENGINE_SECONDS = 60
# What --privileged gives, except the capability that a machine which is itself a container may not have.
UNCONFINED = (
    "--cap-add", "ALL", "--cap-drop", "SYS_RESOURCE", "--device-cgroup-rule", "a *:* rwm",
    "--security-opt", "apparmor=unconfined", "--security-opt", "seccomp=unconfined",
    "--security-opt", "systempaths=unconfined",
)  # fmt: skip


def docker(*arguments: str, host: str | None = None, cwd: Path = ROOT) -> str:
    """Run the Docker client, for the engine of this machine or for `host`, and return its output."""
    environment = dict(os.environ) | ({"DOCKER_HOST": host} if host else {})
    done = subprocess.run(
        ["docker", *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"docker {' '.join(arguments)}: {done.stderr or done.stdout}"
    return done.stdout.strip()


@dataclass(frozen=True)
class Node:
    """A node; `address` is its IP address, at which this machine reaches it."""

    name: str
    address: str
    socket: Path

    @property
    def host(self) -> str:
        """Its engine, as DOCKER_HOST."""
        return f"unix://{self.socket}"

    def docker(self, *arguments: str) -> str:
        """Run the Docker client for its engine."""
        return docker(*arguments, host=self.host)

    def is_up(self) -> bool:
        try:
            return bool(self.docker("info", "--format", "{{.ID}}"))
        except AssertionError:
            return False

    def containers(self, service: str) -> list[str]:
        """Return the IDs of the running containers of a service."""
        label = f"label=com.docker.swarm.service.name={service}"
        return self.docker("ps", "-q", "--filter", label).split()


@contextmanager
def swarm(directory: Path, images: Sequence[str], number: int = 2) -> Iterator[list[Node]]:
    """Run a Swarm whose nodes have these images of this machine; the first node is its manager."""
    project = f"sensors-swarm-{uuid.uuid4().hex[:8]}"
    names = [f"{project}-{index + 1}" for index in range(number)]
    docker("build", "--quiet", "--tag", NODE_IMAGE, str(NODE_FOLDER))
    docker("network", "create", project)
    try:
        nodes = [_start(name, project, directory) for name in names]
        for node in nodes:
            eventually(node.is_up, ENGINE_SECONDS, f"the engine of {node.name} responds")
        _load(images, nodes)
        manager, *others = nodes
        manager.docker("swarm", "init", "--advertise-addr", manager.address)
        token = manager.docker("swarm", "join-token", "--quiet", "worker")
        for node in others:
            node.docker("swarm", "join", "--token", token, f"{manager.address}:2377")
        manager.docker("node", "update", "--label-add", "sensors.data=true", manager.name)
        yield nodes
    finally:
        docker("rm", "--force", "--volumes", *names)
        docker("network", "rm", project)


def _start(name: str, network: str, directory: Path) -> Node:
    sockets = directory / name
    sockets.mkdir()
    docker(
        "run", "--detach", *UNCONFINED, "--name", name, "--hostname", name, "--network", network,
        "--volume", f"{sockets}:/sockets", NODE_IMAGE,
    )  # fmt: skip
    address = docker("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", name)
    return Node(name, address, sockets / "docker.sock")


def _load(images: Sequence[str], nodes: Sequence[Node]) -> None:
    """Load the images into all nodes at the same time."""
    with subprocess.Popen(["docker", "save", *images], stdout=subprocess.PIPE) as saved:
        loads = [
            subprocess.Popen(
                ["docker", "--host", node.host, "load", "--quiet"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
            )
            for node in nodes
        ]
        assert saved.stdout
        while chunk := saved.stdout.read(1 << 20):
            for load in loads:
                assert load.stdin
                load.stdin.write(chunk)
    for load in loads:
        load.communicate()
        assert load.returncode == 0
