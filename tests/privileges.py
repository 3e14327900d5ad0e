"""A stack with users and roles of its own, each of which a test can be."""

import subprocess
import sys
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
from tests.mqtt import Device, device
from tests.processes import inherited
from tests.services import ROOT
from tests.waiting import DEADLINE_SECONDS

BROKER_USERS = ("sensor", "pipeline", "operator", "alerter")
ROLES = ("writer", "reader")
# Signs that an address, an SQL statement or JSON could trip over.
PASSWORD = "p'a\"s/s@w:o#r%d\\ü"


@dataclass(frozen=True)
class Stack:
    """A virtual host and a database that setup made, with users and roles of their own names."""

    host: VirtualHost
    database: Database
    suffix: str

    def name(self, short: str) -> str:
        return f"{short}-{self.suffix}"

    @property
    def variables(self) -> dict[str, str]:
        """What setup is given: the owner's addresses, and whom to make."""
        users = {f"RABBITMQ_{short.upper()}_USER": self.name(short) for short in BROKER_USERS}
        users |= {f"RABBITMQ_{short.upper()}_PASS": PASSWORD for short in BROKER_USERS}
        users |= {f"POSTGRES_{short.upper()}_USER": self.name(short) for short in ROLES}
        users |= {f"POSTGRES_{short.upper()}_PASSWORD": PASSWORD for short in ROLES}
        return self.host.environment | self.database.environment | users

    def broker_variables(self, short: str) -> dict[str, str]:
        """How a process logs in as this user."""
        address = pika.URLParameters(self.host.url)
        return {
            "RABBITMQ_URL": "",
            "RABBITMQ_HOST": str(address.host),
            "RABBITMQ_PORT": str(address.port),
            "RABBITMQ_VHOST": self.host.name,
            "RABBITMQ_USER": self.name(short),
            "RABBITMQ_PASS": PASSWORD,
            "RABBITMQ_MANAGEMENT_URL": self.host.server.management_url,
        }

    def database_variables(self, short: str) -> dict[str, str]:
        """How a process logs in as this role."""
        with self.database.connect() as connection:
            info = connection.info
            return {
                "DATABASE_URL": "",
                "POSTGRES_HOST": info.host,
                "POSTGRES_PORT": str(info.port),
                "POSTGRES_DB": info.dbname,
                "POSTGRES_USER": self.name(short),
                "POSTGRES_PASSWORD": PASSWORD,
            }

    @contextmanager
    def channel(self, short: str) -> Iterator[BlockingChannel]:
        """A channel in confirm mode, as this user."""
        parameters = pika.URLParameters(self.host.url)
        parameters.credentials = pika.PlainCredentials(self.name(short), PASSWORD)
        with closing(pika.BlockingConnection(parameters)) as connection:
            channel = connection.channel()
            channel.confirm_delivery()
            yield channel

    def device(self, short: str) -> AbstractContextManager[Device]:
        """A device that logs in by MQTT as this user."""
        return device(self.host.server.mqtt_url, f"{self.host.name}:{self.name(short)}", PASSWORD)

    @contextmanager
    def session(self, short: str) -> Iterator[psycopg.Connection]:
        """A connection to the database as this role."""
        url, name = libpq_url(self.database.url), self.name(short)
        with psycopg.connect(url, autocommit=True, user=name, password=PASSWORD) as connection:
            yield connection

    def api(self, short: str, method: str, path: str, body: object = None) -> Any:
        """What the management API answers this user."""
        server = self.host.server
        address = pika.URLParameters(server.url)
        login = f"{self.name(short)}:{quote(PASSWORD, safe='')}@{address.host}:{address.port}"
        return RabbitMQ(f"amqp://{login}/", server.management_url, "").api(method, path, body)


@contextmanager
def set_up_stack(rabbitmq: RabbitMQ, postgres: Postgres) -> Iterator[Stack]:
    """A stack whose users and roles setup made, twice: the second time must change nothing."""
    with rabbitmq.virtual_host("quorum") as host, postgres.database() as database:
        stack = Stack(host, database, uuid4().hex[:8])
        try:
            for _ in range(2):
                done = sensorctl(stack.variables, "setup")
                assert done.returncode == 0, done.stdout
            assert "warning" not in done.stdout
            yield stack
        finally:
            remove(stack)


def remove(stack: Stack) -> None:
    for short in BROKER_USERS:
        stack.host.server.api("DELETE", f"/api/users/{stack.name(short)}")
    for short in ROLES:
        drop(stack.database, stack.name(short))


def drop(database: Database, role: str) -> None:
    database.query(f'DROP OWNED BY "{role}"')
    database.query(f'DROP ROLE "{role}"')


def sensorctl(variables: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sensorctl", *arguments],
        cwd=ROOT, env=inherited() | variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=2 * DEADLINE_SECONDS, check=False,
    )  # fmt: skip
