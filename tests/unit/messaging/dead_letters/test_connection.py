"""The connection of the dead letters: opened with the first, closed when none comes any more."""

from types import SimpleNamespace
from typing import Any

import pika
import pytest
from pika.exceptions import ChannelClosedByBroker, ConnectionBlockedTimeout

from messaging.dead_letters.connection import MAX_IDLE_SECONDS, DeadLetterConnection
from messaging.errors import DeadLetteringUnavailable, Unroutable
from readings.errors import DeadLetterReason, InvalidReading
from tests.unit.fake_broker import FakeBroker
from tests.unit.fakes import FakeClock

QUEUE = "readings.dead"
ERROR = InvalidReading(DeadLetterReason.NOT_JSON, "the body is not JSON")


@pytest.fixture
def broker() -> FakeBroker:
    broker = FakeBroker()
    broker.put(QUEUE)
    return broker


@pytest.fixture
def letters(broker: FakeBroker) -> DeadLetterConnection:
    return DeadLetterConnection(lambda: broker.open_connection("", ""), QUEUE, by="me")


def write(letters: DeadLetterConnection) -> None:
    method: Any = pika.spec.Basic.Deliver("consumer", 1, False, "sensors", "reading.kitchen")
    letters.write(method, pika.BasicProperties(), b"nonsense", ERROR)


def test_one_connection_serves_several_dead_letters(
    broker: FakeBroker, letters: DeadLetterConnection
) -> None:
    assert broker.connections == []

    for _ in range(3):
        write(letters)

    assert len(broker.connections) == 1
    assert len(broker.queues[QUEUE]) == 3


def test_an_idle_connection_is_closed_before_the_broker_misses_its_heartbeats(
    broker: FakeBroker, letters: DeadLetterConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FakeClock()
    monkeypatch.setattr("messaging.dead_letters.connection.time", SimpleNamespace(monotonic=clock))
    write(letters)
    clock.now += MAX_IDLE_SECONDS
    letters.close_if_idle()
    assert broker.connections[0].is_open

    clock.now += 1
    letters.close_if_idle()

    assert not broker.connections[0].is_open
    write(letters)
    assert broker.connections[1].is_open


def test_a_message_that_is_confirmed_after_an_alarm_is_published_once(
    broker: FakeBroker, letters: DeadLetterConnection
) -> None:
    broker.blocks_publishers = True
    for _ in range(3):
        with pytest.raises(DeadLetteringUnavailable):
            write(letters)

    broker.blocks_publishers = False
    write(letters)
    write(letters)

    assert len(broker.queues[QUEUE]) == 2
    assert len(broker.connections) == 1


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (ConnectionBlockedTimeout("blocked"), DeadLetteringUnavailable),
        (ChannelClosedByBroker(403, "ACCESS_REFUSED"), DeadLetteringUnavailable),
        (None, Unroutable),
    ],
)
def test_a_connection_that_failed_is_not_used_again(
    broker: FakeBroker, letters: DeadLetterConnection, raised: Exception | None, expected: type[Exception]
) -> None:
    if raised:
        broker.errors[f"publish /{QUEUE}"] = [raised]
    else:
        del broker.queues[QUEUE]

    with pytest.raises(expected):
        write(letters)

    assert not broker.connections[0].is_open
    broker.put(QUEUE)
    write(letters)
    assert [connection.is_open for connection in broker.connections] == [False, True]
