"""What the rows have of a stack, in containers or native, and plain clients that look into it."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg
from pika.adapters.blocking_connection import BlockingChannel

from tests.faults.ledger import StoredRow
from tests.faults.load import BROKEN, DEAD_QUEUE, EXCHANGE, QUEUE, connect
from tests.faults.oracle import Dead
from tests.faults.supervising import Supervising
from tests.modes import Mode

BROKER = "rabbitmq"
DATABASE = "postgres"
CONNECT_SECONDS = 3
IDLE_SECONDS = 2.0


class Workers(Protocol):
    """The consumers of a row."""

    @property
    def count(self) -> int: ...
    def scale(self, wanted: int) -> None: ...
    def kill(self, index: int) -> None: ...
    def problems(self) -> list[str]: ...
    def memory(self) -> list[int]: ...
    def deaths(self) -> int: ...
    def stop(self) -> None: ...


class Site(Protocol):
    """A broker and a database that run, and the means to harm them."""

    name: str
    amqp_url: str
    database_url: str
    directory: Path
    supervising: Supervising

    def workers(self, mode: Mode) -> Workers:
        """Consumers as the stack runs them; none runs yet."""
        ...

    def kill(self, service: str) -> None:
        """SIGKILL; whoever supervises the service starts it again."""
        ...

    def stop(self, service: str) -> None:
        """Stop it in order; it stays away until `start`."""
        ...

    def start(self, service: str) -> None: ...

    def rabbitmqctl(self, *arguments: str) -> str: ...

    def problems(self) -> list[str]:
        """Each server that does not run."""
        ...

    def small_database(self) -> "SmallDatabase | None":
        """A database on a small disk of its own; None where that cannot be had."""
        ...


class SmallDatabase(Protocol):
    """A migrated database whose disk the test can fill."""

    url: str

    def fill(self) -> None: ...
    def empty(self) -> None: ...
    def problems(self) -> list[str]: ...
    def close(self) -> None: ...


@contextmanager
def channel(url: str) -> Iterator[BlockingChannel]:
    """A channel for a short visit."""
    with closing(connect(url)) as connection:
        yield connection.channel()


def depth(url: str, queue: str = QUEUE) -> tuple[int, int]:
    """How many messages are ready, and how many consumers there are, by a plain passive declare."""
    with channel(url) as visit:
        answer = visit.queue_declare(queue, passive=True).method
        return answer.message_count, answer.consumer_count


def drain_dead(url: str) -> list[Dead]:
    """Take everything out of the dead queue."""
    taken: list[Dead] = []
    with channel(url) as visit:
        visit.basic_qos(prefetch_count=500)
        wanted = _count(visit)
        for method, properties, body in visit.consume(DEAD_QUEUE, inactivity_timeout=IDLE_SECONDS):
            if method is not None:
                taken.append(Dead(body, (properties.headers or {}).get("x-dead-reason")))
                visit.basic_ack(method.delivery_tag)
            if visit.get_waiting_message_count() or len(taken) < wanted or _count(visit):
                continue
            # That nothing is there is believed after a while only: a broker just started counts too little.
            if taken or method is None:
                break
        visit.cancel()
    return taken


def _count(visit: BlockingChannel) -> int:
    count: int = visit.queue_declare(DEAD_QUEUE, passive=True).method.message_count
    return count


def query(url: str, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
    """Plain SQL on a connection of its own."""
    with psycopg.connect(url, connect_timeout=CONNECT_SECONDS, autocommit=True) as connection:
        cursor = connection.execute(statement, parameters or None)
        return cursor.fetchall() if cursor.description else []


def stored_rows(url: str) -> list[StoredRow]:
    """Everything that the table holds."""
    found = query(url, "SELECT reading_id::text, sensor_id, measured_at, temperature FROM reading")
    return [StoredRow(*row) for row in found]


def wipe(amqp_url: str, database_url: str) -> None:
    """Start a row from nothing. The queues are declared as any simple client does."""
    with channel(amqp_url) as visit:
        visit.exchange_declare(EXCHANGE, exchange_type="topic", durable=True)
        for queue in (QUEUE, DEAD_QUEUE):
            visit.queue_declare(queue, durable=True)
            visit.queue_purge(queue)
        visit.queue_bind(QUEUE, EXCHANGE, "reading.#")
    query(database_url, "TRUNCATE reading, sensor")


def answers(amqp_url: str, database_url: str) -> bool:
    """Whether both servers let a client in."""
    try:
        with channel(amqp_url):
            query(database_url, "SELECT 1")
    except (*BROKEN, psycopg.Error):
        return False
    return True


def await_answers(amqp_url: str, database_url: str, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not answers(amqp_url, database_url):
        assert time.monotonic() < deadline, f"broker or database do not answer within {seconds:.0f} s"
        time.sleep(0.3)


def broker_version(url: str) -> str:
    """As the broker greets its clients."""
    with closing(connect(url)) as connection:
        properties: dict[str, Any] = connection._impl.server_properties
        return str(properties["version"])
