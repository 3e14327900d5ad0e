"""The queues are counted over a connection that is kept, and opened again when it is lost."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from messaging.errors import BrokerUnavailable
from messaging.settings import BrokerSettings
from messaging.topology import Topology
from monitoring import queue_counts
from monitoring.queue_counts import QueueCounts, QueueCountsProbe
from tests.unit.fake_broker import FakeBroker


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> FakeBroker:
    broker = FakeBroker()
    monkeypatch.setattr("monitoring.queue_counts.connect", broker.connect)
    return broker


@pytest.fixture
def probe(broker: FakeBroker) -> Iterator[QueueCountsProbe]:
    with closing(QueueCountsProbe(BrokerSettings(queue_name="heat"))) as probe:
        yield probe


def test_messages_and_consumers_are_those_of_this_moment(broker: FakeBroker, probe: QueueCountsProbe) -> None:
    consumer = broker.connect("", "").channel()
    Topology("heat").declare(consumer)
    broker.put("heat.dead", b"{")

    assert probe() == QueueCounts(ready=0, consumers=0, dead_letters=1)
    consumer.basic_consume("heat", lambda *_: None)
    broker.put("heat", b"{}", b"{}")
    assert probe() == QueueCounts(ready=2, consumers=1, dead_letters=1)
    assert broker.operations.count("connect") == 2


def test_a_lost_connection_is_opened_again(broker: FakeBroker, probe: QueueCountsProbe) -> None:
    Topology("heat").declare(broker.connect("", "").channel())
    probe()
    broker.disconnect()
    broker.errors["declare queue heat"] = [OSError("lost")]

    assert probe() == QueueCounts(ready=0, consumers=0, dead_letters=0)


def test_a_queue_that_is_declared_later_is_found(broker: FakeBroker, probe: QueueCountsProbe) -> None:
    with pytest.raises(BrokerUnavailable, match="no queue 'heat'"):
        probe()
    Topology("heat").declare(broker.connect("", "").channel())

    assert probe() == QueueCounts(ready=0, consumers=0, dead_letters=0)


def test_a_connection_that_opens_no_channel_is_closed(broker: FakeBroker, probe: QueueCountsProbe) -> None:
    broker.errors["channel"] = [OSError("lost")]

    with pytest.raises(BrokerUnavailable):
        probe()

    assert not broker.connections[0].is_open


def test_a_broker_that_never_responds_is_given_up_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_counts, "TIMEOUT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        settings = BrokerSettings(rabbitmq_host="127.0.0.1", rabbitmq_port=frozen.getsockname()[1])
        with pytest.raises(BrokerUnavailable, match="did not respond"):
            QueueCountsProbe(settings)()
