"""Provide RabbitMQ and PostgreSQL for the tests.

The first available source is used: the servers of TEST_RABBITMQ_URL and TEST_DATABASE_URL, containers where a
Docker engine responds, or private servers as the native stack starts them.
"""

import gc
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from warnings import catch_warnings, simplefilter

import docker  # type: ignore[import-untyped]  # it ships no types
from docker.errors import (  # type: ignore[import-untyped]  # as above
    DockerException,
    ImageNotFound,
)
from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from native.ports import LOOPBACK
from native.postgres import PrivatePostgres
from native.rabbitmq import PrivateRabbitMQ
from runtime.errors import ServiceUnavailable
from tests.broker import ApiError, RabbitMQ
from tests.database import Postgres
from tests.waiting import DEADLINE_SECONDS, eventually

ROOT = Path(__file__).resolve().parent.parent
CONFIGURATION = ROOT / "deploy" / "rabbitmq" / "sensors.conf"
PLUGINS = ROOT / "deploy" / "rabbitmq" / "enabled_plugins"
RABBITMQ_IMAGE = "rabbitmq:4-management"
POSTGRES_IMAGE = "postgres:17"
USER = PASSWORD = DATABASE = "sensors"
AMQP_PORT, MANAGEMENT_PORT, MQTT_PORT = 5672, 15672, 1883
# The tests need neither durability after a power failure nor the data of a stopped container. In memory, a
# database is created in a quarter of the time, and RabbitMQ does not wait for a disk before each confirm.
RABBITMQ_DATA = "/var/lib/rabbitmq"
POSTGRES_DATA = "/var/lib/postgresql/data"
POSTGRES_COMMAND = (
    "postgres -c fsync=off -c full_page_writes=off -c max_wal_size=256MB -c max_connections=200"
)


class ServerUnavailable(Exception):
    """A source cannot provide a server; the message has the reason."""


Server = TypeVar("Server", RabbitMQ, Postgres)
Native = TypeVar("Native", PrivateRabbitMQ, PrivatePostgres)
Source = Callable[[], AbstractContextManager[Server]]


@contextmanager
def rabbitmq() -> Iterator[RabbitMQ]:
    """Provide a broker from the first available source.

    Raises:
        ServerUnavailable: When no source is available, with the reason of each.
    """
    with _first_available(_rabbitmq_from_environment, _rabbitmq_container, _native_rabbitmq) as server:
        yield server


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Provide a database server from the first available source.

    Raises:
        ServerUnavailable: When no source is available, with the reason of each.
    """
    with _first_available(_postgres_from_environment, _postgres_container, _native_postgres) as server:
        yield server


@contextmanager
def _first_available(*sources: Source[Server]) -> Iterator[Server]:
    with ExitStack() as stack:
        reasons = []
        for source in sources:
            try:
                server = stack.enter_context(source())
            except ServerUnavailable as reason:
                reasons.append(str(reason))
            else:
                break
        else:
            raise ServerUnavailable("; ".join(reasons))
        yield server


@contextmanager
def _rabbitmq_from_environment() -> Iterator[RabbitMQ]:
    url = os.environ.get("TEST_RABBITMQ_URL")
    if not url:
        raise ServerUnavailable("TEST_RABBITMQ_URL is not set")
    management_url = os.environ.get("TEST_RABBITMQ_MANAGEMENT_URL") or (
        f"http://{urlsplit(url).hostname}:{MANAGEMENT_PORT}"
    )
    mqtt_url = os.environ.get("TEST_RABBITMQ_MQTT_URL") or f"mqtt://{urlsplit(url).hostname}:{MQTT_PORT}"
    yield RabbitMQ(url, management_url, "TEST_RABBITMQ_URL", mqtt_url)


@contextmanager
def _postgres_from_environment() -> Iterator[Postgres]:
    url = os.environ.get("TEST_DATABASE_URL")
    if not url:
        raise ServerUnavailable("TEST_DATABASE_URL is not set")
    yield Postgres(url, "TEST_DATABASE_URL")


@contextmanager
def _rabbitmq_container() -> Iterator[RabbitMQ]:
    with rabbitmq_with_container() as (server, _container):
        yield server


@contextmanager
def rabbitmq_with_container() -> Iterator[tuple[RabbitMQ, DockerContainer]]:
    """Provide a broker in a container of its own, and the container.

    Raises:
        ServerUnavailable: When no Docker engine or image is available.
    """
    _require_docker_engine()
    # Not testcontainers' RabbitMqContainer: its import is a deprecation warning, and it takes
    # RABBITMQ_NODE_PORT from the environment.
    container = (
        DockerContainer(RABBITMQ_IMAGE)
        .with_tmpfs_mount(RABBITMQ_DATA)
        .with_exposed_ports(AMQP_PORT, MANAGEMENT_PORT, MQTT_PORT)
        .with_envs(RABBITMQ_DEFAULT_USER=USER, RABBITMQ_DEFAULT_PASS=PASSWORD)
        .with_copy_into_container(CONFIGURATION, "/etc/rabbitmq/conf.d/20-sensors.conf")
        .with_copy_into_container(PLUGINS, "/etc/rabbitmq/enabled_plugins")
    )
    with _started(container):
        host = container.get_container_host_ip()
        ports = (AMQP_PORT, MANAGEMENT_PORT, MQTT_PORT)
        amqp, management, mqtt = (container.get_exposed_port(port) for port in ports)
        server = RabbitMQ(
            f"amqp://{USER}:{PASSWORD}@{host}:{amqp}/%2F",
            f"http://{host}:{management}",
            f"a container of {RABBITMQ_IMAGE}",
            f"mqtt://{host}:{mqtt}",
        )
        eventually(partial(_responds, server), DEADLINE_SECONDS, "the broker's container responds")
        yield server, container


@contextmanager
def _postgres_container() -> Iterator[Postgres]:
    _require_docker_engine()
    container = (
        PostgresContainer(POSTGRES_IMAGE, username=USER, password=PASSWORD, dbname=DATABASE, driver="psycopg")
        .with_tmpfs_mount(POSTGRES_DATA)
        .with_command(POSTGRES_COMMAND)
    )
    with _started(container):
        yield Postgres(container.get_connection_url(), f"a container of {POSTGRES_IMAGE}")


@contextmanager
def _started(container: DockerContainer) -> Iterator[None]:
    # The fixture removes its containers, so the image of the reaper is not required.
    testcontainers_config.ryuk_disabled = True
    try:
        container.start()
        yield
    except ImageNotFound as error:
        raise ServerUnavailable(f"Docker cannot pull {container.image} ({error.explanation})") from None
    finally:
        container.stop()


@contextmanager
def _native_rabbitmq() -> Iterator[RabbitMQ]:
    with _temporary_directory("rabbitmq") as directory, _native(PrivateRabbitMQ, directory) as server:
        source = f"private servers, from {server.server}"
        yield RabbitMQ(server.url, server.management_url, source, f"mqtt://{LOOPBACK}:{server.mqtt_port}")


@contextmanager
def _native_postgres() -> Iterator[Postgres]:
    with _temporary_directory("postgres") as directory, _native(PrivatePostgres, directory) as server:
        yield Postgres(server.url, f"private servers, from {server.binaries}")


@contextmanager
def _native(
    server_class: Callable[[Path], AbstractContextManager[Native]], directory: Path
) -> Iterator[Native]:
    with ExitStack() as stack:
        try:
            server = stack.enter_context(server_class(directory))
        except ServiceUnavailable as error:
            raise ServerUnavailable(str(error)) from None
        yield server


@contextmanager
def _temporary_directory(name: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix=f"sensors-{name}-", ignore_cleanup_errors=True) as directory:
        # Root starts PostgreSQL as another user, which requires access to the directory.
        Path(directory).chmod(0o755)
        yield Path(directory)


def _require_docker_engine() -> None:
    with catch_warnings():
        # Docker's library leaves its socket open when it cannot connect, so it is collected here.
        simplefilter("ignore", ResourceWarning)
        problem = _find_docker_problem()
        gc.collect()
    if problem is not None:
        raise ServerUnavailable(f"no Docker engine responds ({problem})")


def _find_docker_problem() -> str | None:
    try:
        client = docker.from_env(timeout=DEADLINE_SECONDS)
    except DockerException as error:
        return str(error)
    try:
        client.ping()
    except (DockerException, OSError) as error:
        return str(error)
    finally:
        client.close()
    return None


def _responds(server: RabbitMQ) -> bool:
    try:
        server.api("GET", "/api/overview")
    except (OSError, ApiError):
        return False
    return True
