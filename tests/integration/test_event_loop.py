"""The connection with its event loop, on a real broker."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from messaging.amqp.event_loop import Connection
from messaging.consuming.delivery import Delivery
from messaging.consuming.session import Session
from messaging.errors import BrokerUnavailable
from messaging.publishing.confirm_publisher import ConfirmPublisher
from messaging.topology import Topology
from readings.payload import MAX_BODY_BYTES
from tests.broker import QUEUE, VirtualHost
from tests.waiting import DEADLINE_SECONDS, Stopwatch, eventually

# Together the bodies are larger than the socket buffer of a client that does not wait.
MESSAGES = 300


@pytest.fixture
def connection(broker: VirtualHost) -> Iterator[Connection]:
    with closing(Connection(broker.url, "tests")) as connection:
        yield connection


def open_session(broker: VirtualHost, connection: Connection, prefetch: int) -> Session:
    return Session(
        connection,
        Topology(QUEUE),
        name="tests",
        prefetch=prefetch,
        while_working=lambda: None,
        connect_for_dead_letters=lambda: Connection(broker.url, "dead letters"),
    )


def test_messages_larger_than_the_socket_buffer_are_sent_completely(broker: VirtualHost) -> None:
    body = b"x" * MAX_BODY_BYTES
    with closing(ConfirmPublisher(broker.url, "tests")) as publisher:
        for number in range(MESSAGES):
            publisher.publish("kitchen", str(number), body)
        confirmed = 0
        while confirmed < MESSAGES:
            confirmed = max([confirmed, *(confirm.delivery_tag for confirm in publisher.wait(5))])

    messages = broker.drain()
    assert [message.properties.message_id for message in messages] == [str(n) for n in range(MESSAGES)]
    assert all(message.body == body for message in messages)


def test_a_wait_ends_at_its_time_limit(connection: Connection) -> None:
    started_at, stopwatch = time.monotonic(), Stopwatch()
    connection.process_data_events(0.2)

    assert time.monotonic() - started_at > 0.1
    assert stopwatch.seconds < 5


def test_another_thread_can_end_a_wait(connection: Connection) -> None:
    stopwatch = Stopwatch()
    timer = threading.Timer(0.1, connection.wake)
    timer.start()
    connection.process_data_events(30)
    timer.join()

    assert stopwatch.seconds < 10


class CountingSocket:
    """A socket that counts the reads for which nothing had arrived."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self.empty_reads = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)

    def recv(self, size: int) -> bytes:
        try:
            return bytes(self._socket.recv(size))
        except BlockingIOError:
            self.empty_reads += 1
            raise


@pytest.mark.parametrize("prefetch", [1, 2])
def test_no_read_is_in_vain_only_where_messages_come_one_by_one(
    broker: VirtualHost, connection: Connection, prefetch: int
) -> None:
    bodies = [b"small", b"x" * MAX_BODY_BYTES, b"small"]
    broker.declare()
    for body in bodies:
        broker.publish(body)
    session = open_session(broker, connection, prefetch)
    transport = connection._connection._transport
    transport._sock = socket = CountingSocket(transport._sock)
    received: list[bytes] = []

    def have_all_arrived() -> bool:
        for delivery in session.receive_batch(0.1):
            received.append(delivery.body)
            session.ack([delivery])
        return len(received) == len(bodies)

    eventually(have_all_arrived, DEADLINE_SECONDS, "all messages have arrived")

    assert received == bodies
    assert bool(socket.empty_reads) is (prefetch > 1)


def test_a_message_can_be_requeued_after_those_behind_it_were_acked(
    broker: VirtualHost, connection: Connection
) -> None:
    broker.publish(b"held")
    broker.publish(b"stored")
    session = open_session(broker, connection, prefetch=2)
    received: list[Delivery] = []

    def have_both_arrived() -> bool:
        received.extend(session.receive_batch(0.1, 2))
        return len(received) == 2

    eventually(have_both_arrived, DEADLINE_SECONDS, "both have arrived")
    session.ack(received[1:])

    session.requeue(received[:1])

    [again] = eventually(lambda: session.receive_batch(0.1), DEADLINE_SECONDS, "it is delivered again")
    assert again.body == b"held"


def test_a_connection_closed_by_the_operator_stays_closed(
    broker: VirtualHost, connection: Connection
) -> None:
    broker.close_connections()

    def is_lost() -> bool:
        try:
            connection.process_data_events(0.1)
        except BrokerUnavailable:
            return True
        return False

    eventually(is_lost, DEADLINE_SECONDS, "the connection is closed")

    assert not connection.is_open
    with pytest.raises(BrokerUnavailable):
        connection.channel()


def test_a_refused_connection_raises_broker_unavailable() -> None:
    with pytest.raises(BrokerUnavailable, match="refused"):
        Connection("amqp://127.0.0.1:1/", "tests")
