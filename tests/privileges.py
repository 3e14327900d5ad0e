"""A stack with its own users and roles, with which a test can connect."""

import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pika
import psycopg
from pika.adapters.blocking_connection import BlockingChannel

from tests.broker import RabbitMQ, VirtualHost
from tests.database import Database, Postgres, libpq_url
from tests.forked import run_module
from tests.mqtt import Device, device
from tests.processes import inherited_environment

BROKER_USERS = ("sensor", "pipeline", "operator", "alerter", "workflows", "worker")
ROLES = ("writer", "reader", "manager", "evaluator", "analyst", "worker")
# Characters that have a meaning in URLs, SQL or JSON.
PASSWORD = "p'a\"s/s@w:o#r%d\\ü"


@dataclass(frozen=True)
class Stack:
    """A virtual host and a database created by setup, with users and roles of unique names."""

    host: VirtualHost
    database: Database
    suffix: str

    def name(self, base_name: str) -> str:
        return f"{base_name}-{self.suffix}"

    @property
    def variables(self) -> dict[str, str]:
        """The variables of setup: the URLs of the owners, and the users and roles to create."""
        users = {f"RABBITMQ_{base_name.upper()}_USER": self.name(base_name) for base_name in BROKER_USERS}
        users |= {f"RABBITMQ_{base_name.upper()}_PASS": PASSWORD for base_name in BROKER_USERS}
        users |= {f"POSTGRES_{base_name.upper()}_USER": self.name(base_name) for base_name in ROLES}
        users |= {f"POSTGRES_{base_name.upper()}_PASSWORD": PASSWORD for base_name in ROLES}
        return self.host.environment | self.database.environment | users

    def broker_variables(self, base_name: str) -> dict[str, str]:
        """Return the variables with which a process connects to the broker as this user."""
        address = pika.URLParameters(self.host.url)
        return {
            "RABBITMQ_URL": "",
            "RABBITMQ_HOST": str(address.host),
            "RABBITMQ_PORT": str(address.port),
            "RABBITMQ_VHOST": self.host.name,
            "RABBITMQ_USER": self.name(base_name),
            "RABBITMQ_PASS": PASSWORD,
            "RABBITMQ_MANAGEMENT_URL": self.host.server.management_url,
        }

    def database_variables(self, base_name: str) -> dict[str, str]:
        """Return the variables with which a process connects to the database as this role."""
        with self.database.connect() as connection:
            info = connection.info
            return {
                "DATABASE_URL": "",
                "POSTGRES_HOST": info.host,
                "POSTGRES_PORT": str(info.port),
                "POSTGRES_DB": info.dbname,
                "POSTGRES_USER": self.name(base_name),
                "POSTGRES_PASSWORD": PASSWORD,
            }

    @contextmanager
    def channel(self, base_name: str) -> Iterator[BlockingChannel]:
        """Open a channel in confirm mode as this user."""
        parameters = pika.URLParameters(self.host.url)
        parameters.credentials = pika.PlainCredentials(self.name(base_name), PASSWORD)
        with closing(pika.BlockingConnection(parameters)) as connection:
            channel = connection.channel()
            channel.confirm_delivery()
            yield channel

    def device(self, base_name: str) -> AbstractContextManager[Device]:
        """Connect a device by MQTT as this user."""
        return device(self.host.server.mqtt_url, f"{self.host.name}:{self.name(base_name)}", PASSWORD)

    @contextmanager
    def session(self, base_name: str) -> Iterator[psycopg.Connection]:
        """Open a connection to the database as this role."""
        url, name = libpq_url(self.database.url), self.name(base_name)
        with psycopg.connect(url, autocommit=True, user=name, password=PASSWORD) as connection:
            yield connection

    def api(self, base_name: str, method: str, path: str, body: object = None) -> Any:
        """Return the response of the management API to this user."""
        server = self.host.server
        address = pika.URLParameters(server.url)
        login = f"{self.name(base_name)}:{quote(PASSWORD, safe='')}@{address.host}:{address.port}"
        return RabbitMQ(f"amqp://{login}/", server.management_url, "").api(method, path, body)


@contextmanager
def set_up_stack(rabbitmq: RabbitMQ, postgres: Postgres, runs: int = 2) -> Iterator[Stack]:
    """Run setup and yield its stack; a second run must change nothing."""
    with rabbitmq.virtual_host("quorum") as host, postgres.database() as database:
        stack = Stack(host, database, uuid4().hex[:8])
        try:
            for _ in range(runs):
                done = sensorctl(stack.variables, "setup")
                assert done.returncode == 0, done.stdout
            assert "warning" not in done.stdout
            yield stack
        finally:
            remove_users(stack)


def remove_users(stack: Stack) -> None:
    for base_name in BROKER_USERS:
        stack.host.server.api("DELETE", f"/api/users/{stack.name(base_name)}")
    for base_name in ROLES:
        drop_role(stack.database, stack.name(base_name))


def drop_role(database: Database, role: str) -> None:
    database.query(f'DROP OWNED BY "{role}"')
    database.query(f'DROP ROLE "{role}"')


def sensorctl(variables: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `sensorctl`; its errors are in the output too."""
    done = run_module(["sensorctl", *arguments], inherited_environment() | variables)
    done.stdout += done.stderr
    return done
