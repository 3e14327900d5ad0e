"""How a session gathers a batch, and what it says to the broker of one."""

import time

import pytest

from messaging.errors import BrokerUnavailable
from messaging.session import Delivery
from tests.unit.fake_broker import FakeBroker
from tests.unit.sessions import QUEUE, open_session, taken


def bodies(batch: list[Delivery]) -> list[bytes]:
    return [each.body for each in batch]


def test_a_batch_is_closed_at_its_size_without_any_wait() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1", b"2", b"3")
    session = open_session(broker, prefetch=3)

    began = time.monotonic()

    assert bodies(session.take(1, size=2, linger_seconds=600)) == [b"1", b"2"]
    assert time.monotonic() - began < 300


def test_a_batch_takes_in_what_comes_while_it_lingers() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1")
    session = open_session(broker, prefetch=9)
    later = iter([b"2", b"3"])

    def more_and_more() -> bool:
        broker.put(QUEUE, *([next(later)] if len(broker.did) else []))
        return False

    assert bodies(session.take(1, size=3, linger_seconds=600, hurry=more_and_more)) == [b"1", b"2", b"3"]


def test_a_batch_is_not_waited_for_longer_than_the_linger() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1", b"2")
    session = open_session(broker, prefetch=9)

    began = time.monotonic()

    assert bodies(session.take(1, size=9, linger_seconds=0.05)) == [b"1", b"2"]
    assert 0.05 <= time.monotonic() - began < 300


def test_nothing_lingers_when_nothing_came() -> None:
    session = open_session(FakeBroker())

    began = time.monotonic()

    assert session.take(0.001, size=9, linger_seconds=600) == []
    assert time.monotonic() - began < 300


def test_a_hurry_closes_the_batch_at_once() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1")
    session = open_session(broker)

    began = time.monotonic()

    assert bodies(session.take(1, size=9, linger_seconds=600, hurry=lambda: True)) == [b"1"]
    assert time.monotonic() - began < 300


@pytest.mark.parametrize("suspect_first", [True, False])
def test_suspects_and_others_are_never_in_one_batch(suspect_first: bool) -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1", returns=4 if suspect_first else 0)
    broker.put(QUEUE, b"2", returns=0 if suspect_first else 4)
    session = open_session(broker)

    began = time.monotonic()

    assert bodies(session.take(1, size=9, linger_seconds=600)) == [b"1"]
    assert time.monotonic() - began < 300
    assert bodies(session.take(1, size=9)) == [b"2"]


def test_a_cancel_ends_the_linger_and_what_came_before_it_is_a_batch() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1")
    session = open_session(broker, prefetch=9)
    cancel = broker.connections[0].channels[0].cancel

    assert bodies(session.take(1, size=9, linger_seconds=600, hurry=lambda: bool(cancel()))) == [b"1"]
    with pytest.raises(BrokerUnavailable, match="the broker cancelled the consumer"):
        session.take(0)


def test_a_channel_that_closes_while_a_batch_is_gathered_ends_it() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1")
    session = open_session(broker, prefetch=9)
    close = broker.connections[0].channels[0].give_back

    with pytest.raises(BrokerUnavailable, match="the broker closed the channel"):
        session.take(1, size=9, linger_seconds=600, hurry=lambda: bool(close()))
    assert [message.body for message in broker.queues[QUEUE]] == [b"1"]


def test_one_multiple_ack_settles_a_batch_and_nothing_behind_it() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1", b"2", b"3")
    session = open_session(broker, prefetch=3)
    batch = session.take(1, size=2)

    session.ack(batch)
    session.close()

    assert broker.did.count("ack up to 2") == 1
    assert [message.body for message in broker.queues[QUEUE]] == [b"3"]


def test_messages_before_which_one_is_not_settled_are_acked_one_by_one() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1", b"2", b"3")
    session = open_session(broker, prefetch=3)
    _, *others = session.take(1, size=3)

    session.ack(others)
    session.close()

    assert broker.did.count("ack") == 2
    assert [message.body for message in broker.queues[QUEUE]] == [b"1"]


def test_requeueing_gives_back_all_that_is_not_settled_and_it_can_be_taken_again() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1", b"2", b"3", b"4")
    session = open_session(broker, prefetch=4)
    session.ack(session.take(1))
    session.take(1, size=2)

    assert session.requeue() == 3

    again = session.take(1, size=3)
    assert [(each.body, each.number) for each in again] == [(b"2", 2), (b"3", 2), (b"4", 2)]
    session.ack(again)
    assert broker.did[-1] == "ack up to 7"
    assert not broker.queues[QUEUE]


def test_a_pause_of_no_time_lets_the_connection_work_once() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1")
    checks: list[int] = []
    in_hand = taken(open_session(broker, while_working=lambda: checks.append(1)))

    in_hand.pause(0)

    assert checks == [1]
