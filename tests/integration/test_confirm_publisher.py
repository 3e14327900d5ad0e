"""Publishing with asynchronous confirms, on a real broker."""

import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from messaging.errors import BrokerUnavailable, Unroutable
from messaging.publishing.confirm_publisher import Confirm, ConfirmPublisher, OutstandingConfirms
from messaging.topology import EXCHANGE
from tests.broker import QUEUE, VirtualHost
from tests.waiting import DEADLINE_SECONDS, eventually

MESSAGES = 500


@pytest.fixture
def publisher(broker: VirtualHost) -> Iterator[ConfirmPublisher]:
    with closing(ConfirmPublisher(broker.url, "sensor-kitchen")) as publisher:
        yield publisher


def confirms(publisher: ConfirmPublisher) -> list[Confirm]:
    """Wait for the next confirms and return them."""
    return eventually(lambda: publisher.wait(1), DEADLINE_SECONDS, "a message is confirmed")


def test_every_message_is_confirmed_in_order(broker: VirtualHost, publisher: ConfirmPublisher) -> None:
    outstanding: OutstandingConfirms[str] = OutstandingConfirms()
    for number in range(MESSAGES):
        outstanding.add(str(number))
        publisher.publish("kitchen", str(number), b"{}")

    done: list[str] = []
    while len(outstanding):
        for confirm in publisher.wait(1):
            done += outstanding.confirm(confirm)

    assert done == [str(number) for number in range(MESSAGES)]
    assert [message.properties.message_id for message in broker.drain()] == done


def test_a_live_reading_is_delivered_before_history_that_was_published_earlier(broker: VirtualHost) -> None:
    with (
        closing(ConfirmPublisher(broker.url, "import", priority=None)) as history,
        closing(ConfirmPublisher(broker.url, "sensor-kitchen")) as live,
    ):
        for number in range(10):
            history.publish("kitchen", f"old {number}", b"{}")
        last = 0
        while last < 10:  # a confirm may be of several messages
            last = max(confirm.delivery_tag for confirm in confirms(history))
        live.publish("kitchen", "new", b"{}")
        confirms(live)

    assert "new" in [message.properties.message_id for message in broker.drain()[:3]]


def test_a_reading_is_persistent_and_has_its_properties(
    broker: VirtualHost, publisher: ConfirmPublisher
) -> None:
    publisher.publish("kitchen", "id-1", b"{}")
    assert confirms(publisher) == [Confirm(1, multiple=False)]

    [message] = broker.drain()
    properties = message.properties
    assert (message.method.exchange, message.method.routing_key) == (EXCHANGE, "reading.kitchen")
    assert (properties.content_type, properties.type) == ("application/json", "reading.v1")
    assert (properties.message_id, properties.app_id) == ("id-1", "sensor-kitchen")
    assert properties.delivery_mode == 2
    assert abs(properties.timestamp - time.time()) < 60


def test_without_the_exchange_the_publisher_is_not_opened(broker: VirtualHost) -> None:
    broker.channel.exchange_delete(EXCHANGE)

    with pytest.raises(BrokerUnavailable, match="404 NOT_FOUND - no exchange 'sensors'"):
        ConfirmPublisher(broker.url, "sensor-kitchen")

    eventually(lambda: broker.connections() == [], DEADLINE_SECONDS, "the connection is closed")


def test_an_unroutable_message_is_reported_and_not_confirmed(
    broker: VirtualHost, publisher: ConfirmPublisher
) -> None:
    broker.channel.queue_unbind(QUEUE, EXCHANGE, "reading.#")
    publisher.publish("kitchen", "id-1", b"{}")

    with pytest.raises(Unroutable, match="no queue accepts the message: run `sensorctl setup`"):
        confirms(publisher)


def test_a_lost_connection_is_reported(broker: VirtualHost, publisher: ConfirmPublisher) -> None:
    broker.close_connections()

    with pytest.raises(BrokerUnavailable, match="CONNECTION_FORCED"):
        confirms(publisher)


def test_close_closes_the_connection(broker: VirtualHost) -> None:
    publisher = ConfirmPublisher(broker.url, "test")
    eventually(lambda: len(broker.connections()) == 1, DEADLINE_SECONDS, "the broker lists the connection")

    publisher.close()

    eventually(lambda: broker.connections() == [], DEADLINE_SECONDS, "the connection is closed")
