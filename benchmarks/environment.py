"""The broker and the database: in containers where Docker is available, else native."""

import os
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pika
import psycopg
from pika.adapters.utils.connection_workflow import AMQPConnectorException
from pika.exceptions import AMQPError

from db.migrate import upgrade
from db.settings import DatabaseSettings
from native.logfile import tail
from native.ports import LOOPBACK, free_port
from native.postgres import PrivatePostgres
from native.program import ChildProcess, Program
from native.rabbitmq import PrivateRabbitMQ
from runtime.errors import ServiceUnavailable
from runtime.settings import load

ROOT = Path(__file__).resolve().parents[1]
OVERRIDE = ROOT / "benchmarks" / "compose.bench.yml"
AUTO, CONTAINERS, NATIVE = "auto", "containers", "native"
KINDS = (AUTO, CONTAINERS, NATIVE)
BROKER, DATABASE = "rabbitmq", "postgres"
LOGIN = "sensors"
START_SECONDS = 120
POLL_SECONDS = 0.3
COMMAND_SECONDS = 900
CONNECTION_ERRORS = (AMQPError, AMQPConnectorException, OSError, psycopg.Error)


@dataclass(frozen=True)
class Environment:
    """A broker and a migrated database; `processes` are the main process of each, where it is visible."""

    name: str
    amqp_url: str
    management_url: str
    database_url: str
    processes: dict[str, int]

    @property
    def variables(self) -> dict[str, str]:
        """The variables with which this project and its peers find both."""
        return {
            "AMQP_URL": self.amqp_url,
            "RABBITMQ_MANAGEMENT_URL": self.management_url,
            "DATABASE_URL": self.database_url,
        }


@contextmanager
def start_environment(kind: str, directory: Path) -> Iterator[Environment]:
    """Run the servers during the block.

    Raises:
        ServiceUnavailable: When they cannot be started.
    """
    directory.chmod(0o755)  # root starts PostgreSQL as another user, which needs access
    in_containers = kind == CONTAINERS or (kind == AUTO and docker_available())
    with (containers if in_containers else native)(directory) as servers:
        upgrade(load(DatabaseSettings, database_url=servers.database_url))
        yield servers


@contextmanager
def containers(directory: Path) -> Iterator[Environment]:
    """Run the servers of docker-compose.yml on free ports."""
    compose = Compose(directory)
    try:
        compose("up", "-d", BROKER, DATABASE)
        servers = Environment(
            CONTAINERS, compose.amqp_url, compose.management_url, compose.database_url, compose.processes()
        )
        _await(servers, lambda: compose("logs", "--tail", "15"))
        yield servers
    finally:
        compose("down", "--volumes", "--remove-orphans", "--timeout", "10")


@contextmanager
def native(directory: Path) -> Iterator[Environment]:
    """Run private servers as the native stack does."""
    postgres, rabbitmq = PrivatePostgres(directory / DATABASE), PrivateRabbitMQ(directory / BROKER)
    postgres.prepare()
    with (postgres.data / "postgresql.conf").open("a", encoding="utf-8") as configuration:
        configuration.write("track_commit_timestamp = on\n")
    rabbitmq.prepare()
    database_url = postgres.url.replace("postgresql+psycopg://", "postgresql://", 1)
    with ExitStack() as stack:
        processes = {
            program.name: _start(program, stack) for program in (postgres.program(), *rabbitmq.programs())
        }
        servers = Environment(NATIVE, rabbitmq.url, rabbitmq.management_url, database_url, processes)
        _await(servers, lambda: tail(rabbitmq.log) + tail(postgres.log))
        yield servers


class Compose:
    """Runs `docker compose` with the project's file under another project name."""

    def __init__(self, directory: Path) -> None:
        self._project = f"sensors-bench-{uuid.uuid4().hex[:8]}"
        configuration = directory / f"{self._project}.conf"
        self._amqp, self._management, self._postgres, prometheus, mqtt = (free_port() for _ in range(5))
        configuration.write_text(
            f"listeners.tcp.1 = {LOOPBACK}:{self._amqp}\n"
            f"management.tcp.ip = {LOOPBACK}\nmanagement.tcp.port = {self._management}\n"
            f"prometheus.tcp.ip = {LOOPBACK}\nprometheus.tcp.port = {prometheus}\n"
            f"mqtt.listeners.tcp.1 = {LOOPBACK}:{mqtt}\n",
            encoding="utf-8",
        )
        configuration.chmod(0o644)
        self._environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {
            "BENCH_CONFIGURATION": str(configuration),
            "BENCH_DIST_PORT": str(free_port()),
            "BENCH_EPMD_PORT": str(free_port()),
            "BENCH_POSTGRES_PORT": str(self._postgres),
        }
        self.amqp_url = f"amqp://{LOGIN}:{LOGIN}@{LOOPBACK}:{self._amqp}/%2F"
        self.management_url = f"http://{LOOPBACK}:{self._management}"
        self.database_url = f"postgresql://{LOGIN}:{LOGIN}@{LOOPBACK}:{self._postgres}/{LOGIN}"

    def __call__(self, *arguments: str) -> str:
        """Run the command and return its output."""
        files = ("-f", "docker-compose.yml", "-f", str(OVERRIDE))
        return docker("compose", "-p", self._project, *files, *arguments, environment=self._environment)

    def processes(self) -> dict[str, int]:
        """Return the main process of each server; none if the engine runs on another machine."""
        pids = {name: self._process(name) for name in (BROKER, DATABASE)}
        return {name: pid for name, pid in pids.items() if Path(f"/proc/{pid}").exists()}

    def _process(self, name: str) -> int:
        container = self("ps", "-q", name).strip()
        return int(docker("inspect", "-f", "{{.State.Pid}}", container))


def docker(*arguments: str, environment: dict[str, str] | None = None) -> str:
    """Run `docker` and return its output.

    Raises:
        ServiceUnavailable: When it fails or is not installed.
    """
    command = ("docker", *arguments)
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, timeout=COMMAND_SECONDS, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
    except OSError as error:
        raise ServiceUnavailable(f"docker: {error}") from None
    if done.returncode:
        raise ServiceUnavailable(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def docker_available() -> bool:
    """Return whether a Docker engine with Compose v2 is available."""
    try:
        docker("info")
        docker("compose", "version")
    except ServiceUnavailable:
        return False
    return True


def _start(program: Program, stack: ExitStack) -> int:
    child = ChildProcess(program)
    stack.callback(child.stop)
    return child.handle.pid


def _await(servers: Environment, logs: Callable[[], str]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _accepts_connections(servers):
        if time.monotonic() > deadline:
            raise ServiceUnavailable(
                f"the broker or the database is not ready after {START_SECONDS} s:\n{logs()}"
            )
        time.sleep(POLL_SECONDS)


def _accepts_connections(servers: Environment) -> bool:
    try:
        pika.BlockingConnection(pika.URLParameters(servers.amqp_url)).close()
        psycopg.connect(servers.database_url, connect_timeout=3).close()
    except CONNECTION_ERRORS:
        return False
    return True
