"""How a session collects a batch and settles it."""

import time

import pytest

from messaging.consuming.delivery import Delivery
from messaging.errors import BrokerUnavailable
from tests.unit.fake_broker import FakeBroker
from tests.unit.sessions import QUEUE, open_session


def bodies(batch: list[Delivery]) -> list[bytes]:
    return [each.body for each in batch]


def test_a_batch_of_full_size_is_returned_without_waiting() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1", b"2", b"3")
    session = open_session(broker, prefetch=3)

    started_at = time.monotonic()

    assert bodies(session.receive_batch(1, size=2, linger_seconds=600)) == [b"1", b"2"]
    assert time.monotonic() - started_at < 300


def test_a_batch_includes_the_messages_that_arrive_during_its_linger() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1")
    session = open_session(broker, prefetch=9)
    later = iter([b"2", b"3"])

    def put_another() -> bool:
        broker.put(QUEUE, *([next(later)] if len(broker.operations) else []))
        return False

    assert bodies(session.receive_batch(1, size=3, linger_seconds=600, should_flush=put_another)) == [
        b"1",
        b"2",
        b"3",
    ]


def test_a_batch_is_returned_after_the_linger() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1", b"2")
    session = open_session(broker, prefetch=9)

    started_at = time.monotonic()

    assert bodies(session.receive_batch(1, size=9, linger_seconds=0.05)) == [b"1", b"2"]
    assert 0.05 <= time.monotonic() - started_at < 300


def test_without_a_message_there_is_no_linger() -> None:
    session = open_session(FakeBroker())

    started_at = time.monotonic()

    assert session.receive_batch(0.001, size=9, linger_seconds=600) == []
    assert time.monotonic() - started_at < 300


def test_a_flush_request_ends_the_linger() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1")
    session = open_session(broker)

    started_at = time.monotonic()

    assert bodies(session.receive_batch(1, size=9, linger_seconds=600, should_flush=lambda: True)) == [b"1"]
    assert time.monotonic() - started_at < 300


@pytest.mark.parametrize("poison_first", [True, False])
def test_possible_poison_messages_and_others_are_never_in_the_same_batch(poison_first: bool) -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1", returns=4 if poison_first else 0)
    broker.put(QUEUE, b"2", returns=0 if poison_first else 4)
    session = open_session(broker)

    started_at = time.monotonic()

    assert bodies(session.receive_batch(1, size=9, linger_seconds=600)) == [b"1"]
    assert time.monotonic() - started_at < 300
    assert bodies(session.receive_batch(1, size=9)) == [b"2"]


def test_a_cancel_ends_the_linger_and_the_messages_before_it_are_a_batch() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1")
    session = open_session(broker, prefetch=9)
    cancel = broker.connections[0].channels[0].cancel

    assert bodies(
        session.receive_batch(1, size=9, linger_seconds=600, should_flush=lambda: bool(cancel()))
    ) == [b"1"]
    with pytest.raises(BrokerUnavailable, match="the broker cancelled the consumer"):
        session.receive_batch(0)


def test_a_channel_that_closes_during_the_linger_ends_the_batch() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1")
    session = open_session(broker, prefetch=9)
    close = broker.connections[0].channels[0].requeue_held

    with pytest.raises(BrokerUnavailable, match="the broker closed the channel"):
        session.receive_batch(1, size=9, linger_seconds=600, should_flush=lambda: bool(close()))
    assert [message.body for message in broker.queues[QUEUE]] == [b"1"]


def test_one_multiple_ack_settles_a_batch_and_nothing_after_it() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1", b"2", b"3")
    session = open_session(broker, prefetch=3)
    batch = session.receive_batch(1, size=2)

    session.ack(batch)
    session.close()

    assert broker.operations.count("ack up to 2") == 1
    assert [message.body for message in broker.queues[QUEUE]] == [b"3"]


def test_messages_after_an_unsettled_message_are_acked_individually() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1", b"2", b"3")
    session = open_session(broker, prefetch=3)
    _, *others = session.receive_batch(1, size=3)

    session.ack(others)
    session.close()

    assert broker.operations.count("ack") == 2
    assert [message.body for message in broker.queues[QUEUE]] == [b"1"]


def test_requeue_returns_all_unsettled_messages_which_can_be_received_again() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1", b"2", b"3", b"4")
    session = open_session(broker, prefetch=4)
    session.ack(session.receive_batch(1))
    batch = session.receive_batch(1, size=2)

    assert session.requeue(batch) == 3

    again = session.receive_batch(1, size=3)
    assert [(each.body, each.delivery_attempt) for each in again] == [(b"2", 2), (b"3", 2), (b"4", 2)]
    session.ack(again)
    assert broker.operations[-1] == "ack up to 7"
    assert not broker.queues[QUEUE]


def test_a_message_can_be_requeued_after_those_behind_it_were_acked() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1", b"2")
    session = open_session(broker, prefetch=2)
    first, second = session.receive_batch(1, size=2)
    session.ack([second])

    assert session.requeue([first]) == 1

    (again,) = session.receive_batch(1)
    assert (again.body, again.delivery_attempt) == (b"1", 2)
    session.ack([again])
    assert not broker.queues[QUEUE]


def test_a_pause_of_zero_seconds_processes_events_once() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1")
    checks: list[int] = []
    session = open_session(broker, while_working=lambda: checks.append(1))

    session.pause(0)

    assert checks == [1]
