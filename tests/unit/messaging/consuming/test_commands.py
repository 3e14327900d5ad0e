"""The consumer of commands and names of files, on a broker in memory."""

from collections import deque
from typing import Any

import pika
import pytest

from messaging.consuming.commands import CommandConsumer
from messaging.consuming.consumer_check import MAX_UNCOUNTED
from messaging.errors import BrokerUnavailable
from messaging.topology import CONTROL_QUEUE, FILES_QUEUE
from tests.unit.fake_broker import FakeBroker, Message


def test_a_routing_key_and_a_sender_that_are_not_utf8_are_received_as_text() -> None:
    not_utf8: Any = b"files.\xff"
    broker = FakeBroker()
    properties = pika.BasicProperties(app_id=b"plant \xe9")
    message = Message(b"{}", properties, routing_key=not_utf8)
    broker.queues = {CONTROL_QUEUE: deque(), FILES_QUEUE: deque([message])}
    consumer = CommandConsumer(broker.connect("", ""))

    consumer.process_events(0)

    [received] = consumer.received
    assert (received.routing_key, received.sender) == (r"files.\xff", r"plant \xe9")


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
