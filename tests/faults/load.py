"""A separate client that publishes load, and records its attempts and confirms in the ledger."""

import threading
import time
from collections.abc import Callable, Sequence
from random import Random, shuffle
from typing import Self

import pika
from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection
from pika.adapters.utils.connection_workflow import AMQPConnectorException
from pika.exceptions import AMQPError, ChannelClosedByBroker

from tests.faults.bodies import Maker, valid_reading
from tests.faults.ledger import Attempt, Ledger

QUEUE = "sensor_data"
DEAD_QUEUE = f"{QUEUE}.dead"
EXCHANGE = "sensors"
BROKEN = (AMQPError, AMQPConnectorException, OSError)
RECONNECT_SECONDS = 0.2
ABANDONED_SHARE = 0.5
END_SECONDS = 60
TOO_LARGE = 406


class RejectedByBroker(Exception):
    """The broker rejected a message of this size and closed the channel."""


class Load:
    """Publish with confirms as several sensors while the block runs, and reconnect after each loss.

    Half of the unconfirmed readings are then published again, as sensors do. The others are abandoned: they
    may be stored or not. It waits for a confirm without limit, as simple clients do; one that never comes
    ends with `close_connections`.
    """

    def __init__(
        self,
        url: str,
        ledger: Ledger,
        *,
        rate: float,
        seed: str,
        close_connections: Callable[[], object],
        make: Maker = valid_reading,
        sensors: int = 4,
    ) -> None:
        self._url = url
        self._ledger = ledger
        self._pause_seconds = sensors / rate
        self._make = make
        self._close_connections = close_connections
        self._stop = threading.Event()
        self._running = threading.Event()
        self._running.set()
        self._threads = [
            threading.Thread(target=self._run, args=(f"load-{n}", Random(f"{seed}/{n}")), daemon=True)
            for n in range(sensors)
        ]
        self._error: BaseException | None = None

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._running.set()
        if not self._ends():
            # A broker before 4.2 may never confirm what was published while the queue had no quorum:
            # https://github.com/rabbitmq/rabbitmq-server/pull/14589
            self._close_connections()
            assert self._ends(), "the load does not end"
        if self._error:
            raise self._error

    def _ends(self) -> bool:
        deadline = time.monotonic() + END_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def pause(self) -> None:
        """Stop publishing until `resume`."""
        self._running.clear()

    def resume(self) -> None:
        self._running.set()

    def _run(self, sensor: str, random: Random) -> None:
        unconfirmed: list[Attempt] = []
        try:
            while not self._stop.is_set():
                try:
                    self._publish_until_lost(sensor, random, unconfirmed)
                except BROKEN:
                    if unconfirmed and random.random() < ABANDONED_SHARE:
                        unconfirmed.clear()
                    self._stop.wait(RECONNECT_SECONDS)
        except BaseException as error:  # noqa: BLE001 (re-raised when the block ends)
            self._error = error

    def _publish_until_lost(self, sensor: str, random: Random, unconfirmed: list[Attempt]) -> None:
        connection = connect(self._url)
        channel = confirm_channel(connection)
        direct = random.random() < 0.5
        while not self._stop.is_set():
            if self._running.is_set():
                if not unconfirmed:
                    unconfirmed.append(self._make(random, sensor))
                address = ("", QUEUE) if direct else (EXCHANGE, f"reading.{sensor}")
                try:
                    publish(channel, self._ledger, unconfirmed[0], address)
                except RejectedByBroker:
                    channel = confirm_channel(connection)
                unconfirmed.clear()
            connection.sleep(self._pause_seconds)
        connection.close()


def connect(url: str) -> BlockingConnection:
    """Open a connection as any client would: of several hosts, to the first that accepts it."""
    hosts = [_parameters(single) for single in single_urls(url)]
    shuffle(hosts)
    return pika.BlockingConnection(hosts)


def single_urls(url: str) -> list[str]:
    """Return a URL for each host of `amqp://user:password@host:port,host:port/virtual-host`."""
    login, _, rest = url.rpartition("@")
    hosts, _, virtual_host = rest.partition("/")
    return [f"{login}@{host}/{virtual_host}" for host in hosts.split(",")]


def _parameters(url: str) -> pika.URLParameters:
    parameters = pika.URLParameters(url)
    parameters.heartbeat = 10
    parameters.socket_timeout = 5
    parameters.stack_timeout = 10
    parameters.blocked_connection_timeout = 5
    return parameters


def confirm_channel(connection: BlockingConnection) -> BlockingChannel:
    """Open a channel on which a publish waits for its confirm."""
    channel = connection.channel()
    channel.confirm_delivery()
    return channel


def publish(
    channel: BlockingChannel, ledger: Ledger, attempt: Attempt, address: Sequence[str] = ("", QUEUE)
) -> None:
    """Publish one message and wait for its confirm.

    Raises:
        RejectedByBroker: When the broker rejects the message and closes the channel.
    """
    number = ledger.attempt(attempt)
    exchange, routing_key = address
    properties = pika.BasicProperties(delivery_mode=2)
    try:
        channel.basic_publish(exchange, routing_key, attempt.body, properties, mandatory=True)
    except ChannelClosedByBroker as error:
        if error.reply_code == TOO_LARGE:
            raise RejectedByBroker from error
        raise
    ledger.confirm(number, attempt)
