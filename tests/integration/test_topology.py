"""The exchange and the queues: what they become, and who may declare and use them."""

from contextlib import closing
from urllib.parse import quote
from uuid import uuid4

import pika
import pytest
from pika.exceptions import ChannelClosedByBroker

from messaging.amqp.connection import connect
from messaging.errors import BrokerUnavailable
from messaging.management.admin import declare_topology
from messaging.publishing.confirm_publisher import ConfirmPublisher
from messaging.topology import EXCHANGE
from tests.broker import DEAD_QUEUE, QUEUE, RabbitMQ, VirtualHost, bare_connection
from tests.waiting import DEADLINE_SECONDS, eventually


def test_the_brokers_configuration_makes_quorum_queues_of_plain_durable_ones(rabbitmq: RabbitMQ) -> None:
    name = f"plain-{uuid4().hex}"
    host = quote(rabbitmq.virtual_host_name, safe="")
    with bare_connection(rabbitmq.url) as connection, connection.channel() as channel:
        channel.queue_declare(name, durable=True)
        try:
            found = rabbitmq.api("GET", f"/api/queues/{host}/{name}")
        finally:
            channel.queue_delete(name)
    assert found["type"] == "quorum"


def test_declaring_twice_is_harmless_and_binds_the_queue_to_the_exchange(broker: VirtualHost) -> None:
    declare_topology(broker.settings)
    declare_topology(broker.settings)

    broker.publish("{}", exchange=EXCHANGE, routing_key="reading.any.sensor")
    assert [message.body for message in broker.drain()] == [b"{}"]
    assert broker.ready(DEAD_QUEUE) == 0


@pytest.mark.parametrize("queue_type", ["quorum", "classic"])
def test_a_simple_client_may_declare_the_queue_plainly_again(broker: VirtualHost, queue_type: str) -> None:
    broker.channel.queue_declare(QUEUE, durable=True)
    broker.channel.queue_declare(DEAD_QUEUE, durable=True)
    assert broker.server.api("GET", f"/api/queues/{broker.name}/{QUEUE}")["type"] == queue_type


def test_a_queue_with_other_arguments_is_told_in_a_sentence(broker: VirtualHost) -> None:
    broker.channel.queue_delete(QUEUE)
    broker.channel.queue_declare(QUEUE, durable=True, arguments={"x-max-length": 10})

    with pytest.raises(BrokerUnavailable, match=r"406 PRECONDITION_FAILED.*inequivalent arg 'x-max-length'"):
        declare_topology(broker.settings)


def test_a_sensor_needs_no_right_but_to_write_to_the_exchange(broker: VirtualHost) -> None:
    with broker.server.user_with_permissions(broker.name, write=f"^{EXCHANGE}$") as url:
        with closing(ConfirmPublisher(url, "sensor-1")) as stream:
            stream.publish("1", "an id", b"{}")
            eventually(lambda: stream.wait(1), DEADLINE_SECONDS, "it is confirmed")

        with bare_connection(url) as simple, pytest.raises(ChannelClosedByBroker, match="ACCESS_REFUSED"):
            simple.channel().queue_declare(QUEUE, durable=True)
    assert [message.properties.message_id for message in broker.drain()] == ["an id"]


def test_a_wrong_password_is_told_without_the_password(broker: VirtualHost) -> None:
    parameters = pika.URLParameters(broker.url)
    url = f"amqp://nobody:the-secret@{parameters.host}:{parameters.port}/{broker.name}"
    with pytest.raises(BrokerUnavailable, match="ACCESS_REFUSED") as refused:
        connect(url, "sensor-1")
    assert "the-secret" not in str(refused.value)
