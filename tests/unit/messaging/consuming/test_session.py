"""The attempt number of a delivery, and what a session does with its connection."""

from threading import Event
from typing import Any

import pytest

from messaging.consuming.consumer_check import MAX_UNCOUNTED, MAX_UNDELIVERED, ConsumerCheck
from messaging.errors import BrokerUnavailable
from runtime.errors import ShutdownRequested
from tests.unit.fake_broker import FakeBroker
from tests.unit.fakes import delivery
from tests.unit.sessions import QUEUE, open_session, receive_one


def test_the_first_delivery_is_attempt_1() -> None:
    assert delivery().delivery_attempt == 1
    assert not delivery().maybe_poison


@pytest.mark.parametrize(
    ("count", "attempt", "maybe_poison"), [(1, 2, False), (3, 4, False), (4, 5, True), (19, 20, True)]
)
def test_a_quorum_queue_counts_deliveries_and_from_the_fifth_it_may_be_poison(
    count: int, attempt: int, maybe_poison: bool
) -> None:
    again = delivery(redelivered=True, headers={"x-delivery-count": count})

    assert (again.delivery_attempt, again.maybe_poison) == (attempt, maybe_poison)


def test_without_a_count_any_redelivery_may_be_poison() -> None:
    again = delivery(redelivered=True)

    assert again.delivery_attempt is None
    assert again.maybe_poison


@pytest.mark.parametrize("count", ["4", None, [4]])
def test_a_redelivery_with_an_invalid_count_may_be_poison(count: Any) -> None:
    assert delivery(redelivered=True, headers={"x-delivery-count": count}).maybe_poison


@pytest.mark.parametrize(
    ("headers", "attempt", "maybe_poison"),
    [
        ({"x-acquired-count": 9}, 1, False),
        ({"x-acquired-count": 9, "x-delivery-count": 3}, 4, False),
        ({"x-acquired-count": 9, "x-delivery-count": 4}, 5, True),
    ],
)
def test_a_queue_of_rabbitmq_4_3_counts_the_consumers_that_a_message_lost(
    headers: dict[str, int], attempt: int, maybe_poison: bool
) -> None:
    again = delivery(redelivered=True, headers=headers)

    assert (again.delivery_attempt, again.maybe_poison) == (attempt, maybe_poison)


def test_a_count_in_the_headers_of_a_first_delivery_is_ignored() -> None:
    assert delivery(headers={"x-delivery-count": 9}).delivery_attempt == 1


def test_deliveries_are_in_order_and_an_empty_queue_yields_none() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1", b"2")
    session = open_session(broker)

    assert [receive_one(session).body, receive_one(session).body] == [b"1", b"2"]
    assert session.receive_batch(0.001) == []


def test_the_prefetch_limits_the_unacked_deliveries() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1", b"2")
    session = open_session(broker, prefetch=1)
    first = receive_one(session)
    assert session.receive_batch(0.001) == []

    session.ack([first])

    assert receive_one(session).body == b"2"


def test_a_requeued_message_is_redelivered_with_its_count() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1")
    session = open_session(broker)

    delivery = receive_one(session)

    assert session.requeue([delivery]) == 1

    assert receive_one(session).delivery_attempt == 2


def test_a_message_that_arrives_while_others_are_requeued_remains_unsettled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given a connection with TLS, which processes events while it sends
    broker = FakeBroker()
    broker.put(QUEUE, b"1")
    session = open_session(broker)
    channel = broker.connections[0].channels[0]
    nack = channel.basic_nack

    def nack_and_receive(tag: int, *, multiple: bool, requeue: bool) -> None:
        nack(tag, multiple=multiple, requeue=requeue)
        channel.deliver()

    monkeypatch.setattr(channel, "basic_nack", nack_and_receive)
    # when
    session.requeue([receive_one(session)])
    # then
    assert session.requeue([receive_one(session)]) == 1


def test_a_session_cannot_ack_a_delivery_of_another_session() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1")
    stale = receive_one(open_session(broker))
    broker.disconnect()

    with pytest.raises(BrokerUnavailable, match="unknown delivery tag"):
        open_session(broker).ack([stale])


def test_a_pause_processes_events_and_can_be_interrupted() -> None:
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


def test_a_cancelled_consumer_and_a_closed_channel_are_reported() -> None:
    broker = FakeBroker()
    cancelled, closed = open_session(broker), open_session(broker)
    broker.connections[0].channels[0].cancel()
    broker.connections[1].channels[0].requeue_held()

    with pytest.raises(BrokerUnavailable, match="the broker cancelled the consumer"):
        cancelled.receive_batch(0)
    with pytest.raises(BrokerUnavailable, match="the broker closed the channel"):
        closed.receive_batch(0)


def test_messages_that_were_delivered_before_the_cancel_can_be_acked() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1", b"2")
    session = open_session(broker, prefetch=2)
    unacked = receive_one(session)
    broker.connections[0].channels[0].cancel()

    session.pause(0.01)
    session.ack([unacked])
    session.ack([receive_one(session)])

    with pytest.raises(BrokerUnavailable, match="the broker cancelled the consumer"):
        session.receive_batch(0)
    assert not broker.queues[QUEUE]


def test_closing_requeues_unsettled_messages() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1")
    session = open_session(broker)
    receive_one(session)

    session.close()

    assert [message.body for message in broker.queues[QUEUE]] == [b"1"]


def test_messages_are_received_while_work_runs_in_a_thread() -> None:
    broker = FakeBroker()
    broker.put(QUEUE, b"1", b"2", b"3")
    session = open_session(broker, prefetch=3)
    first = receive_one(session)
    event = Event()
    broker.put(QUEUE, b"4")
    session.ack([first])

    assert session.run_in_thread(lambda: event.wait(0.05)) is False
    assert [delivery.body for delivery in session.receive_batch(0, 9)] == [b"2", b"3", b"4"]


def test_an_error_of_work_in_a_thread_is_raised() -> None:
    session = open_session(FakeBroker())

    with pytest.raises(ZeroDivisionError):
        session.run_in_thread(lambda: 1 // 0)


def test_a_lost_connection_does_not_end_work_in_a_thread() -> None:
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


def test_a_consumer_that_its_broker_does_not_count_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    broker = FakeBroker()
    session = open_session(broker)
    session.check_consumer()  # at most once per interval
    monkeypatch.setattr("messaging.consuming.consumer_check.CHECK_INTERVAL_SECONDS", 0)
    session = open_session(broker)
    session.check_consumer()
    broker.without_majority = True
    for _ in range(MAX_UNCOUNTED - 1):  # the leader may only be slow
        session.check_consumer()
    broker.without_majority = False
    session.check_consumer()
    broker.without_majority = True

    for _ in range(MAX_UNCOUNTED - 1):
        session.check_consumer()
    with pytest.raises(BrokerUnavailable, match="has lost this consumer"):
        session.check_consumer()


def test_a_consumer_that_gets_none_of_the_waiting_messages_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    # given a consumer whose ack the broker has lost
    monkeypatch.setattr("messaging.consuming.consumer_check.CHECK_INTERVAL_SECONDS", 0)
    monkeypatch.setattr("messaging.consuming.consumer_check.UNDELIVERED_INTERVAL_SECONDS", 0)
    broker = FakeBroker()
    broker.put(QUEUE, b"1", b"2")
    session = open_session(broker, prefetch=1)
    held = [receive_one(session)]
    for _ in range(MAX_UNDELIVERED):  # a consumer that holds a message waits for none
        session.check_consumer()
    broker.loses_acks = True
    session.ack(held)
    # when
    for _ in range(MAX_UNDELIVERED - 1):
        session.check_consumer()
    # then
    with pytest.raises(BrokerUnavailable, match="delivers none of the messages that wait"):
        session.check_consumer()


def test_deliveries_between_the_checks_show_that_the_consumer_is_served(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("messaging.consuming.consumer_check.CHECK_INTERVAL_SECONDS", 0)
    monkeypatch.setattr("messaging.consuming.consumer_check.UNDELIVERED_INTERVAL_SECONDS", 0)
    broker = FakeBroker()
    broker.put(QUEUE, b"1", b"2")
    channel: Any = broker.open_connection("", "").channel()
    channel.basic_qos(prefetch_count=1)
    channel.basic_consume(QUEUE, lambda *_: None)
    check = ConsumerCheck(channel, QUEUE)

    for delivered in range(3 * MAX_UNDELIVERED):
        check(delivered)
    for _ in range(MAX_UNDELIVERED - 2):  # the last check in the loop was the first without a delivery
        check(delivered)
    with pytest.raises(BrokerUnavailable):
        check(delivered)
