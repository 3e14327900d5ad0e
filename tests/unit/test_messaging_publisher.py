"""Publishing with confirms."""

import time
from collections.abc import Callable

import pytest

from messaging.errors import BrokerUnavailable, Unroutable
from messaging.operator import declare_topology
from messaging.publisher import Publisher
from messaging.settings import BrokerSettings
from messaging.topology import Topology
from tests.unit.fake_broker import FakeBroker

SETTINGS = BrokerSettings(queue_name="heat")


def ready(broker: FakeBroker) -> FakeBroker:
    Topology("heat").declare(broker.connect("", "").channel())
    return broker


def test_a_reading_is_published_persistent_and_labelled(operators_broker: FakeBroker) -> None:
    publisher = Publisher(ready(operators_broker).connect("", ""), app_id="sensor-kitchen")

    publisher.publish("kitchen", "id-1", b"{}")

    [message] = operators_broker.queues["heat"]
    properties = message.properties
    assert (message.exchange, message.routing_key) == ("sensors", "reading.kitchen")
    assert (properties.content_type, properties.type) == ("application/json", "reading.v1")
    assert (properties.message_id, properties.app_id) == ("id-1", "sensor-kitchen")
    assert properties.delivery_mode == 2
    assert abs(properties.timestamp - time.time()) < 60
    assert operators_broker.did.index("confirm") < operators_broker.did.index(
        "publish sensors/reading.kitchen"
    )


def test_a_publisher_needs_the_exchange_but_does_not_declare_it(operators_broker: FakeBroker) -> None:
    with pytest.raises(BrokerUnavailable, match="404 NOT_FOUND - no exchange 'sensors'"):
        Publisher(operators_broker.connect("", ""), app_id="sensor")

    assert operators_broker.exchanges == set()


def test_a_reading_that_no_queue_takes_is_told(operators_broker: FakeBroker) -> None:
    publisher = Publisher(ready(operators_broker).connect("", ""), app_id="sensor")
    operators_broker.queues.clear()

    with pytest.raises(Unroutable, match="sensorctl setup"):
        publisher.publish("kitchen", "id-1", b"{}")


@pytest.mark.parametrize(
    "use",
    [
        pytest.param(lambda publisher: publisher.publish("kitchen", "id-1", b"{}"), id="publish"),
        pytest.param(lambda publisher: publisher.idle(), id="idle"),
    ],
)
def test_a_lost_connection_is_told(operators_broker: FakeBroker, use: Callable[[Publisher], None]) -> None:
    publisher = Publisher(ready(operators_broker).connect("", ""), app_id="sensor")
    operators_broker.lose()

    with pytest.raises(BrokerUnavailable, match="Stream connection lost"):
        use(publisher)
    publisher.close()


def test_an_operator_can_declare_everything(operators_broker: FakeBroker) -> None:
    declare_topology(SETTINGS)

    assert set(operators_broker.queues) == {"heat", "heat.dead"}
    assert not operators_broker.connections[0].is_open
