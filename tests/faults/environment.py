"""The stack in which the scenarios run, in containers or native, and plain clients for it."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg
from pika.adapters.blocking_connection import BlockingChannel

from tests.faults.ledger import StoredRow
from tests.faults.load import BROKEN, DEAD_QUEUE, EXCHANGE, QUEUE, connect
from tests.faults.local_workers import SupervisorThread
from tests.faults.oracle import DeadLetter
from tests.modes import Mode

BROKER = "rabbitmq"
DATABASE = "postgres"
CONNECT_SECONDS = 3
IDLE_SECONDS = 2.0


class Workers(Protocol):
    """The consumers of a scenario."""

    @property
    def count(self) -> int: ...
    def scale(self, number: int) -> None: ...
    def kill(self, index: int) -> None: ...
    def problems(self) -> list[str]: ...
    def memory(self) -> list[int]: ...
    def deaths(self) -> int: ...
    def stop(self) -> None: ...


class Environment(Protocol):
    """A running broker and database, and the means to make them fail."""

    name: str
    amqp_url: str
    database_url: str
    directory: Path
    supervisor: SupervisorThread

    def workers(self, mode: Mode) -> Workers:
        """Return the consumers of the stack, of which none runs yet."""
        ...

    def kill(self, service: str) -> None:
        """Kill the service with SIGKILL; its supervisor restarts it."""
        ...

    def stop(self, service: str) -> None:
        """Stop the service until `start`."""
        ...

    def start(self, service: str) -> None: ...

    def rabbitmqctl(self, *arguments: str) -> str: ...

    def problems(self) -> list[str]:
        """Return a message for each server that does not run."""
        ...

    def small_database(self) -> "SmallDatabase | None":
        """Return a database on its own small disk, or None where this is not possible."""
        ...


class SmallDatabase(Protocol):
    """A migrated database whose disk the scenario can fill."""

    url: str

    def fill(self) -> None: ...
    def empty(self) -> None: ...
    def problems(self) -> list[str]: ...
    def close(self) -> None: ...


@contextmanager
def channel(url: str) -> Iterator[BlockingChannel]:
    """A channel on a connection of its own."""
    with closing(connect(url)) as connection:
        yield connection.channel()


def depth(url: str, queue: str = QUEUE) -> tuple[int, int]:
    """Return the numbers of ready messages and consumers, by a passive declare."""
    with channel(url) as amqp:
        response = amqp.queue_declare(queue, passive=True).method
        return response.message_count, response.consumer_count


def drain_dead(url: str) -> list[DeadLetter]:
    """Receive and ack every message of the dead-letter queue."""
    received: list[DeadLetter] = []
    with channel(url) as amqp:
        amqp.basic_qos(prefetch_count=500)
        expected = _count(amqp)
        for method, properties, body in amqp.consume(DEAD_QUEUE, inactivity_timeout=IDLE_SECONDS):
            if method is not None:
                received.append(DeadLetter(body, (properties.headers or {}).get("x-dead-reason")))
                amqp.basic_ack(method.delivery_tag)
            if amqp.get_waiting_message_count() or len(received) < expected or _count(amqp):
                continue
            # A broker reports too few messages shortly after its start, so an empty queue must stay empty.
            if received or method is None:
                break
        amqp.cancel()
    return received


def _count(amqp: BlockingChannel) -> int:
    count: int = amqp.queue_declare(DEAD_QUEUE, passive=True).method.message_count
    return count


def query(url: str, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
    """Execute SQL on a connection of its own, and return the rows."""
    with psycopg.connect(url, connect_timeout=CONNECT_SECONDS, autocommit=True) as connection:
        cursor = connection.execute(statement, parameters or None)
        return cursor.fetchall() if cursor.description else []


def stored_rows(url: str) -> list[StoredRow]:
    """Return every stored reading."""
    rows = query(url, "SELECT reading_id::text, sensor_id, measured_at, temperature FROM reading")
    return [StoredRow(*row) for row in rows]


def reset_servers(amqp_url: str, database_url: str) -> None:
    """Empty the tables and the queues, which are declared as a simple client does."""
    with channel(amqp_url) as amqp:
        amqp.exchange_declare(EXCHANGE, exchange_type="topic", durable=True)
        for queue in (QUEUE, DEAD_QUEUE):
            amqp.queue_declare(queue, durable=True)
            amqp.queue_purge(queue)
        amqp.queue_bind(QUEUE, EXCHANGE, "reading.#")
    query(database_url, "TRUNCATE reading, sensor")


def servers_respond(amqp_url: str, database_url: str) -> bool:
    """Return whether a client can connect to both servers."""
    try:
        with channel(amqp_url):
            query(database_url, "SELECT 1")
    except (*BROKEN, psycopg.Error):
        return False
    return True


def wait_for_servers(amqp_url: str, database_url: str, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not servers_respond(amqp_url, database_url):
        assert time.monotonic() < deadline, f"broker or database do not respond within {seconds:.0f} s"
        time.sleep(0.3)


def broker_version(url: str) -> str:
    """Return the version in the broker's server properties."""
    with closing(connect(url)) as connection:
        properties: dict[str, Any] = connection._impl.server_properties
        return str(properties["version"])
