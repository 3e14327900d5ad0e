"""Several hosts in the broker's address: those that are down or do not respond delay nothing for long."""

import random
import socket
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from messaging.amqp.connection import close_quietly, connect, translate_errors
from messaging.amqp.event_loop import Connection
from messaging.amqp.hosts import HOST_TIMEOUT_SECONDS
from messaging.errors import BrokerUnavailable
from tests.broker import VirtualHost
from tests.database import Database
from tests.processes import Processes
from tests.proxy import Proxy
from tests.waiting import DEADLINE_SECONDS, Stopwatch, eventually

CLOSED_PORT = 1


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Return a port on which connections are accepted and nothing responds."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


def listing(url: str, *ports: int) -> str:
    """Return the URL with these ports of 127.0.0.1 as its hosts."""
    parts = urlsplit(url)
    login, _, _ = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{login}@" + ",".join(f"127.0.0.1:{port}" for port in ports)).geturl()


def test_a_dead_host_and_one_that_does_not_respond_are_passed_over(
    broker: VirtualHost, silent_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random, "sample", lambda items, _: items)  # the worst order
    url = listing(broker.url, CLOSED_PORT, silent_port, urlsplit(broker.url).port or 0)

    stopwatch = Stopwatch()
    with closing(Connection(url, "tests")) as connection:
        assert connection.is_open
    assert stopwatch.seconds < 3 * HOST_TIMEOUT_SECONDS
    blocking = connect(url, "tests", timeout_seconds=3)
    assert blocking.is_open
    close_quietly(blocking)


def test_a_wait_for_a_response_ends_and_a_wait_for_events_does_not(
    broker: VirtualHost, broker_proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocking = connect(broker.url_through(broker_proxy), "tests")
    channel = blocking.channel()
    connection = Connection(broker.url_through(broker_proxy), "tests")
    broker_proxy.black_hole()
    monkeypatch.setattr("messaging.amqp.transport.RESPONSE_TIMEOUT_SECONDS", 0.2)
    monkeypatch.setattr("messaging.amqp.event_loop.RESPONSE_TIMEOUT_SECONDS", 0.2)

    blocking.process_data_events(0.5)
    connection.process_data_events(0.5)
    with pytest.raises(BrokerUnavailable, match="did not respond"), translate_errors():
        channel.exchange_declare("amq.topic", passive=True)
    with pytest.raises(BrokerUnavailable, match="did not respond"):
        connection.channel()
    close_quietly(blocking)
    connection.close()


def test_a_sensor_and_a_consumer_continue_at_another_host(
    broker: VirtualHost, database: Database, run: Processes, broker_proxy: Proxy
) -> None:
    with Proxy((str(urlsplit(broker.url).hostname), urlsplit(broker.url).port or 0)) as other:
        url = listing(broker.url, broker_proxy.port, other.port)
        consumer = run.start_consumer(RABBITMQ_URL=url)
        sensor = run.start("sensor", RABBITMQ_URL=url, SENSOR_INTERVAL_SECONDS="0.05")
        eventually(lambda: database.count() > 5, DEADLINE_SECONDS, "readings arrive")

        for down, up in ((broker_proxy, other), (other, broker_proxy)):
            up.forward()
            down.refuse()
            accepted = sensor.published_count()
            sensor.wait_for_published(accepted + 5)
            eventually(lambda: database.count() > accepted, DEADLINE_SECONDS, "readings arrive")  # noqa: B023

        assert sensor.stop() == consumer.stop() == 0
    assert database.count() == sensor.published_count()
