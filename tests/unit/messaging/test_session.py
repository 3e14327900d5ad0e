"""A delivery's number and suspicion, and what a session does with its connection."""

from threading import Event
from typing import Any

import pytest

from messaging.errors import BrokerUnavailable
from runtime.errors import ShutdownRequested
from tests.unit.fake_broker import FakeBroker
from tests.unit.fakes import delivery
from tests.unit.sessions import QUEUE, open_session, receive_one


def test_the_first_delivery_has_the_number_one() -> None:
    assert delivery().delivery_attempt == 1
    assert not delivery().maybe_poison


@pytest.mark.parametrize(
    ("count", "number", "suspect"), [(1, 2, False), (3, 4, False), (4, 5, True), (19, 20, True)]
)
def test_a_quorum_queue_counts_and_the_fifth_delivery_is_suspect(
    count: int, number: int, suspect: bool
) -> None:
    again = delivery(redelivered=True, headers={"x-delivery-count": count})

    assert (again.delivery_attempt, again.maybe_poison) == (number, suspect)


def test_where_nobody_counts_any_redelivery_is_suspect() -> None:
    again = delivery(redelivered=True)

    assert again.delivery_attempt is None
    assert again.maybe_poison


@pytest.mark.parametrize("count", ["4", None, [4]])
def test_a_count_that_is_no_number_is_suspect(count: Any) -> None:
    assert delivery(redelivered=True, headers={"x-delivery-count": count}).maybe_poison


def test_a_count_that_a_publisher_wrote_on_its_message_counts_nothing() -> None:
    assert delivery(headers={"x-delivery-count": 9}).delivery_attempt == 1


def test_deliveries_come_in_order_and_none_when_there_is_none() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1", b"2")
    session = open_session(broker)

    assert [receive_one(session).body, receive_one(session).body] == [b"1", b"2"]
    assert session.receive_batch(0.001) == []


def test_prefetch_bounds_what_is_in_hand() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1", b"2")
    session = open_session(broker, prefetch=1)
    first = receive_one(session)
    assert session.receive_batch(0.001) == []

    session.ack([first])

    assert receive_one(session).body == b"2"


def test_a_requeued_message_comes_back_with_its_count() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1")
    session = open_session(broker)

    receive_one(session)

    assert session.requeue() == 1

    assert receive_one(session).delivery_attempt == 2


def test_a_stale_delivery_is_refused_by_the_session_that_did_not_bring_it() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1")
    stale = receive_one(open_session(broker))
    broker.disconnect()

    with pytest.raises(BrokerUnavailable, match="unknown delivery tag"):
        open_session(broker).ack([stale])


def test_a_delivery_may_pause_while_the_connection_works_and_be_ended() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1")
    checks: list[int] = []

    def check() -> None:
        checks.append(1)
        if len(checks) == 3:
            raise ShutdownRequested

    session = open_session(broker, while_working=check)

    with pytest.raises(ShutdownRequested):
        session.pause(60)


def test_a_pause_on_a_lost_connection_ends_at_once() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1")
    session = open_session(broker)
    broker.disconnect()

    with pytest.raises(BrokerUnavailable, match="Stream connection lost"):
        session.pause(60)


def test_a_cancelled_consumer_and_a_closed_channel_are_told() -> None:
    broker = FakeBroker()
    cancelled, closed = open_session(broker), open_session(broker)
    broker.connections[0].channels[0].cancel()
    broker.connections[1].channels[0].requeue_held()

    with pytest.raises(BrokerUnavailable, match="the broker cancelled the consumer"):
        cancelled.receive_batch(0)
    with pytest.raises(BrokerUnavailable, match="the broker closed the channel"):
        closed.receive_batch(0)


def test_what_came_before_the_cancel_is_still_handled() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1", b"2")
    session = open_session(broker, prefetch=2)
    in_hand = receive_one(session)
    broker.connections[0].channels[0].cancel()

    session.pause(0.01)
    session.ack([in_hand])
    session.ack([receive_one(session)])

    with pytest.raises(BrokerUnavailable, match="the broker cancelled the consumer"):
        session.receive_batch(0)
    assert not broker.queues[QUEUE]


def test_closing_gives_back_what_was_not_settled() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1")
    session = open_session(broker)
    receive_one(session)

    session.close()

    assert [message.body for message in broker.queues[QUEUE]] == [b"1"]


def test_while_work_is_done_beside_more_messages_come() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1", b"2", b"3")
    session = open_session(broker, prefetch=3)
    first = receive_one(session)
    came = Event()
    broker.put(QUEUE, b"4")
    session.ack([first])

    assert session.run_in_thread(lambda: came.wait(0.05)) is False
    assert [delivery.body for delivery in session.receive_batch(0, 9)] == [b"2", b"3", b"4"]


def test_what_work_beside_raises_is_raised() -> None:
    session = open_session(FakeBroker())

    with pytest.raises(ZeroDivisionError):
        session.run_in_thread(lambda: 1 // 0)


def test_a_connection_that_is_lost_meanwhile_does_not_end_work_beside() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1")
    session = open_session(broker)
    first = receive_one(session)

    def commit() -> str:
        broker.disconnect()
        return "committed"

    assert session.run_in_thread(commit) == "committed"
    with pytest.raises(BrokerUnavailable):
        session.ack([first])
