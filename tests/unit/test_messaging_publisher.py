"""Publishing with confirms, and what an operator sees of the dead queue."""

import time
from collections.abc import Callable

import pytest
from pika.exceptions import StreamLostError

from messaging.errors import BrokerUnavailable, Unroutable
from messaging.operator import MOST_RETURNS, dead_messages, declare_topology
from messaging.publisher import Publisher
from messaging.settings import BrokerSettings
from messaging.topology import Topology
from tests.unit.fake_broker import FakeBroker

SETTINGS = BrokerSettings(queue_name="heat")
DEAD = "heat.dead"


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

    assert set(operators_broker.queues) == {"heat", DEAD}
    assert not operators_broker.connections[0].is_open


def test_an_operator_sees_the_oldest_dead_messages_which_stay(operators_broker: FakeBroker) -> None:
    operators_broker.put(DEAD, b"1", b"2", b"3", headers={"x-dead-reason": "not-json"})

    messages, depth = dead_messages(SETTINGS, limit=2)

    assert [message.body for message in messages] == [b"1", b"2"]
    assert messages[0].headers == {"x-dead-reason": "not-json"}
    assert depth == 3
    assert sorted(message.body for message in operators_broker.queues[DEAD]) == [b"1", b"2", b"3"]


def test_looking_does_not_show_the_queues_own_count(operators_broker: FakeBroker) -> None:
    operators_broker.put(DEAD, b"1", headers={"x-dead-reason": "not-json"}, returns=1)

    messages, _ = dead_messages(SETTINGS, limit=10)

    assert messages[0].headers == {"x-dead-reason": "not-json"}


def test_looking_often_never_loses_a_message(operators_broker: FakeBroker) -> None:
    operators_broker.put(DEAD, b"1", headers={"x-dead-reason": "not-json"})

    for _ in range(3 * MOST_RETURNS):
        messages, depth = dead_messages(SETTINGS, limit=10)

        assert ([message.body for message in messages], depth) == ([b"1"], 1)
        [message] = operators_broker.queues[DEAD]
        assert message.returns <= MOST_RETURNS
        assert message.headers == {"x-dead-reason": "not-json"}


def test_a_dead_queue_that_is_not_there_is_told(operators_broker: FakeBroker) -> None:
    with pytest.raises(BrokerUnavailable, match=r"no queue 'heat\.dead'"):
        dead_messages(SETTINGS, limit=10)

    assert not operators_broker.connections[0].is_open


def test_a_broker_lost_while_looking_is_told(operators_broker: FakeBroker) -> None:
    operators_broker.put(DEAD, b"1")
    operators_broker.troubles["requeue"] = [StreamLostError("gone")]

    with pytest.raises(BrokerUnavailable, match="gone"):
        dead_messages(SETTINGS, limit=10)

    assert [message.body for message in operators_broker.queues[DEAD]] == [b"1"]
