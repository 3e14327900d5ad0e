"""The exchange and the queues: their types, and who may declare and use them."""

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


def test_by_the_brokers_configuration_a_durable_queue_is_a_quorum_queue_by_default(
    rabbitmq: RabbitMQ,
) -> None:
    name = f"plain-{uuid4().hex}"
    host = quote(rabbitmq.virtual_host_name, safe="")
    with bare_connection(rabbitmq.url) as connection, connection.channel() as channel:
        channel.queue_declare(name, durable=True)
        try:
            queue = rabbitmq.api("GET", f"/api/queues/{host}/{name}")
        finally:
            channel.queue_delete(name)
    assert queue["type"] == "quorum"


def test_the_topology_can_be_declared_repeatedly_and_routes_readings_to_the_queue(
    broker: VirtualHost,
) -> None:
    declare_topology(broker.settings)
    declare_topology(broker.settings)

    broker.publish("{}", exchange=EXCHANGE, routing_key="reading.any.sensor")
    assert [message.body for message in broker.drain()] == [b"{}"]
    assert broker.ready(DEAD_QUEUE) == 0


@pytest.mark.parametrize("queue_type", ["quorum", "classic"])
def test_a_simple_client_may_declare_the_queues_without_arguments(
    broker: VirtualHost, queue_type: str
) -> None:
    broker.channel.queue_declare(QUEUE, durable=True)
    broker.channel.queue_declare(DEAD_QUEUE, durable=True)
    assert broker.server.api("GET", f"/api/queues/{broker.name}/{QUEUE}")["type"] == queue_type


def test_a_queue_with_other_arguments_is_reported_with_the_brokers_message(broker: VirtualHost) -> None:
    broker.channel.queue_delete(QUEUE)
    broker.channel.queue_declare(QUEUE, durable=True, arguments={"x-max-length": 10})

    with pytest.raises(BrokerUnavailable, match=r"406 PRECONDITION_FAILED.*inequivalent arg 'x-max-length'"):
        declare_topology(broker.settings)


def test_a_sensor_only_requires_write_permission_on_the_exchange(broker: VirtualHost) -> None:
    with broker.server.user_with_permissions(broker.name, write=f"^{EXCHANGE}$") as url:
        with closing(ConfirmPublisher(url, "sensor-1")) as publisher:
            publisher.publish("1", "an id", b"{}")
            eventually(lambda: publisher.wait(1), DEADLINE_SECONDS, "the message is confirmed")

        with bare_connection(url) as simple, pytest.raises(ChannelClosedByBroker, match="ACCESS_REFUSED"):
            simple.channel().queue_declare(QUEUE, durable=True)
    assert [message.properties.message_id for message in broker.drain()] == ["an id"]


def test_a_login_with_a_wrong_password_is_reported_without_the_password(broker: VirtualHost) -> None:
    parameters = pika.URLParameters(broker.url)
    url = f"amqp://unknown:the-secret@{parameters.host}:{parameters.port}/{broker.name}"
    with pytest.raises(BrokerUnavailable, match="ACCESS_REFUSED") as rejection:
        connect(url, "sensor-1")
    assert "the-secret" not in str(rejection.value)
