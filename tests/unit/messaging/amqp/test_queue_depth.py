"""The depth of a queue, which a queue without a majority does not say."""

from contextlib import closing

import pytest

from messaging.amqp.queue_depth import QueueDepth
from tests.unit.fake_broker import FakeBroker
from tests.unit.sessions import QUEUE, open_session


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> FakeBroker:
    broker = FakeBroker()
    monkeypatch.setattr("messaging.amqp.queue_depth.connect", broker.connect)
    return broker


def test_an_empty_queue_is_known_to_be_empty_only_while_it_has_a_consumer(broker: FakeBroker) -> None:
    with closing(QueueDepth("amqp://nowhere", "test", QUEUE)) as depth:
        assert depth.read() is None, "there is no queue"
        broker.put(QUEUE, b"1", b"2")
        assert depth.read() == 2
        broker.queues[QUEUE].clear()
        session = open_session(broker)
        assert depth.read() == 0
        session.close()
        assert depth.read() is None, "as of a queue without the majority of its members"
