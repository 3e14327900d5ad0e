"""The consumer of commands and names of files, on a broker in memory."""

from collections import deque

import pytest

from messaging.consuming.commands import CommandConsumer
from messaging.consuming.consumer_check import MAX_UNCOUNTED
from messaging.errors import BrokerUnavailable
from messaging.topology import CONTROL_QUEUE, FILES_QUEUE
from tests.unit.fake_broker import FakeBroker


def test_a_consumer_that_its_broker_does_not_count_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messaging.consuming.consumer_check.CHECK_INTERVAL_SECONDS", 0)
    broker = FakeBroker()
    broker.queues = {CONTROL_QUEUE: deque(), FILES_QUEUE: deque()}
    consumer = CommandConsumer(broker.connect("", ""))
    consumer.process_events(0)
    broker.without_majority = True

    for _ in range(MAX_UNCOUNTED - 1):
        consumer.process_events(0)
    with pytest.raises(BrokerUnavailable, match="has lost this consumer"):
        consumer.process_events(0)
