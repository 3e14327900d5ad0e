"""The cluster of deploy/cluster in a project of its own, whose members a scenario makes fail."""

import json
import subprocess
import urllib.request
import uuid
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.e2e.compose import LOGIN
from tests.faults.containers import CONSUMER, IMAGES, Containers, FaultStack
from tests.faults.environment import servers_respond
from tests.faults.load import QUEUE
from tests.faults.local_workers import ROOT, SupervisorThread
from tests.faults.polling import wait_until
from tests.ports import reserve_port

NODES = ("rabbitmq", "rabbitmq-2", "rabbitmq-3")
DATABASES = ("postgres", "postgres-2")
OVERLAY = ROOT / "deploy" / "cluster" / "compose.yml"
OVERRIDE = ROOT / "tests" / "faults" / "compose.cluster.yml"
CREATE_SECRETS = ROOT / "deploy" / "cluster" / "create-secrets.sh"
CLUSTER_IMAGES = ("sensors-faults-patroni", "sensors-faults-etcd")
NODE_PREFIX = "rabbit@"
KHEPRI = "khepri_db"
RESPONSE_SECONDS = 10
COMPLETE_SECONDS = 180
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _reserve_ports() -> tuple[int, ...]:
    return tuple(reserve_port() for _ in NODES)


@dataclass
class ClusterStack(FaultStack):
    """The Compose stack with the overlay of the cluster, whose secrets are in the folder `secrets`."""

    secrets: Path = field(kw_only=True)
    amqp_ports: tuple[int, ...] = field(default_factory=_reserve_ports)
    management_ports: tuple[int, ...] = field(default_factory=_reserve_ports)
    mqtt_ports: tuple[int, ...] = field(default_factory=_reserve_ports)
    second_postgres_port: int = field(default_factory=reserve_port)
    feature_flags: str | None = None

    @property
    def environment(self) -> dict[str, str]:
        base = super().environment
        variables = {
            "COMPOSE_FILE": f"{base['COMPOSE_FILE']}:{OVERLAY}:{OVERRIDE}",
            "CLUSTER_SECRETS": str(self.secrets),
        }
        if self.feature_flags is not None:
            variables["RABBITMQ_FEATURE_FLAGS"] = self.feature_flags
        return base | self._ports() | variables

    @property
    def amqp_url(self) -> str:
        return f"amqp://{LOGIN}@{','.join(f'127.0.0.1:{port}' for port in self.amqp_ports)}/%2F"

    @property
    def database_url(self) -> str:
        hosts = f"127.0.0.1:{self.postgres_port},127.0.0.1:{self.second_postgres_port}"
        return f"postgresql://{LOGIN}@{hosts}/sensors?target_session_attrs=read-write"

    def _ports(self) -> dict[str, str]:
        numbered = zip(("", "_2", "_3"), self.amqp_ports, self.management_ports, self.mqtt_ports, strict=True)
        ports = {"POSTGRES_2_HOST_PORT": str(self.second_postgres_port)}
        for number, amqp, management, mqtt in numbered:
            ports |= {
                f"RABBITMQ{number}_HOST_PORT": str(amqp),
                f"RABBITMQ{number}_MANAGEMENT_HOST_PORT": str(management),
                f"MQTT{number}_HOST_PORT": str(mqtt),
            }
        return ports


class Cluster(Containers):
    """Implement tests.faults.environment.Environment with three brokers and two databases."""

    name = "a cluster in containers"
    servers = (*NODES, *DATABASES)

    def __init__(self, stack: ClusterStack, supervisor: SupervisorThread, directory: Path) -> None:
        super().__init__(stack, supervisor, directory)
        self._cluster_stack = stack

    def rabbitmqctl(self, *arguments: str) -> str:
        """Run rabbitmqctl on the first broker that responds."""
        return self.command("rabbitmqctl", "-q", *arguments)

    def command(self, *arguments: str, services: Sequence[str] = NODES) -> str:
        """Run a command in the container of the first of the services where it succeeds.

        Raises:
            AssertionError: When it succeeds nowhere.
        """
        outputs = []
        for node in services:
            done = self._stack.run_unchecked("docker", "compose", "exec", "-T", node, *arguments)
            if done.returncode == 0:
                return done.stdout
            outputs.append(f"{node}: {done.stderr or done.stdout}")
        raise AssertionError(f"{arguments} fails on each of {services}:\n{''.join(outputs)}")

    @contextmanager
    def down(self, *services: str) -> Iterator[None]:
        """Kill the containers with SIGKILL; they stay down during the block."""
        ids = [self._id(service) for service in services]
        self._stack.run("docker", "kill", *ids)
        try:
            yield
        finally:
            self._stack.run("docker", "start", *ids)

    @contextmanager
    def cut_off(self, service: str) -> Iterator[None]:
        """Disconnect the container from all others and from this machine during the block.

        Its processes continue. It is connected again under the same name.
        """
        container = self._id(service)
        networks = list(self._stack.containers(service)[0]["NetworkSettings"]["Networks"])
        for network in networks:
            self._stack.run("docker", "network", "disconnect", network, container)
        try:
            yield
        finally:
            for network in networks:
                self._stack.run("docker", "network", "connect", "--alias", service, network, container)

    def leader(self, queue: str = QUEUE) -> str:
        """Return the service of the broker that leads the queue.

        Raises:
            OSError: When no broker responds.
        """
        return str(self._queue(queue).get("leader", "")).removeprefix(NODE_PREFIX)

    def is_complete(self, queue: str = QUEUE) -> bool:
        """Return whether every broker runs and has an online member of the queue, which has a leader."""
        nodes = self.api("nodes?columns=name,running,partitions")
        running = [node["name"] for node in nodes if node["running"] and not node.get("partitions")]
        found = self._queue(queue)
        online = set(found.get("online", ()))
        return len(running) == len(NODES) and len(online) == len(NODES) and found.get("leader") in online

    def wait_until_complete(self, queue: str = QUEUE) -> None:
        """Wait until the cluster is as before the fault; another fault could end its quorum."""
        wait_until(
            lambda: self.is_complete(queue), COMPLETE_SECONDS, f"all brokers are members of {queue} again"
        )

    def api(self, path: str) -> Any:
        """Return the response of the management API of the first broker that responds.

        Raises:
            OSError: When none does.
        """
        error: OSError = OSError("no broker")
        for port in self._cluster_stack.management_ports:
            try:
                return _get(f"http://127.0.0.1:{port}/api/{path}")
            except OSError as failure:
                error = failure
        raise error

    def start_brokers(self, feature_flags: str | None = None) -> None:
        """Start the brokers and the databases, without data, and run setup.

        With `feature_flags` only these are enabled, as after an upgrade from an older version; otherwise all
        are, with Khepri, which is the only metadata store from RabbitMQ 4.3.
        """
        self._cluster_stack.feature_flags = feature_flags
        self._stack.compose("up", "-d", "--wait", *self.servers)
        self._stack.compose("run", "--rm", "-T", "setup")
        if feature_flags is None:
            self.enable_feature_flags()

    def remove_brokers(self) -> None:
        """Remove the brokers with their data."""
        self._stack.compose("rm", "--stop", "--force", *NODES)
        volumes = [f"{self._stack.project}_{node}-data" for node in NODES]
        self._stack.run("docker", "volume", "rm", *volumes)

    def enable_feature_flags(self) -> None:
        """Enable every stable feature flag, and Khepri, which releases before 4.2 leave to the operator."""
        self.rabbitmqctl("enable_feature_flag", "all")
        self.rabbitmqctl("enable_feature_flag", "--opt-in", KHEPRI)

    def _queue(self, queue: str) -> dict[str, Any]:
        found: dict[str, Any] = self.api(f"queues/%2F/{quote(queue)}")
        return found


def _get(url: str) -> Any:
    request = urllib.request.Request(url)
    request.add_header("Authorization", f"Basic {b64encode(LOGIN.encode()).decode()}")
    with _DIRECT.open(request, timeout=RESPONSE_SECONDS) as response:
        return json.load(response)


@contextmanager
def cluster(directory: Path) -> Iterator[Cluster]:
    """Start the cluster without sensors, whose load the scenarios publish."""
    secrets = directory / "secrets"
    subprocess.run(("sh", str(CREATE_SECRETS), str(secrets)), check=True, stdout=subprocess.DEVNULL)
    stack = ClusterStack(ROOT, project=f"sensors-cluster-{uuid.uuid4().hex[:8]}", secrets=secrets)
    try:
        stack.compose("build", "setup", CONSUMER, DATABASES[0], "etcd")
        with SupervisorThread() as supervisor:
            environment = Cluster(stack, supervisor, directory)
            environment.start_brokers()
            assert servers_respond(environment.amqp_url, environment.database_url)
            yield environment
    finally:
        stack.compose("down", "--volumes", "--remove-orphans", "--timeout", "10")
        stack.succeeds("docker", "image", "rm", *IMAGES, *CLUSTER_IMAGES)
