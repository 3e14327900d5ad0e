"""The consumer loop on a broker in memory: how a message is settled after each outcome of its handler."""

import itertools

import pytest

from messaging.consuming.delivery import Delivery
from tests.unit.consumer_harness import DATABASE_DOWN, DEAD_LETTER_QUEUE, INVALID, QUEUE, MakeHarness, failing


def test_handled_messages_are_acked_in_order(make_harness: MakeHarness) -> None:
    harness = make_harness(b"1", b"2", b"3")

    harness.run(prefetch=2)

    assert harness.handled == [b"1", b"2", b"3"]
    assert harness.settlements() == ["ack"] * 3
    assert harness.bodies(QUEUE) == []
    assert harness.events.names == ["consuming"]


def test_received_messages_are_counted_once_however_often_they_are_retried(
    make_harness: MakeHarness,
) -> None:
    harness = make_harness(b"1", b"2", b"3")

    harness.run(failing(DATABASE_DOWN, DATABASE_DOWN), prefetch=2, batch_size=2, linger_seconds=0.01)

    assert sum(count for (count,) in harness.events.calls_to("received")) == 3


def test_the_topology_is_declared_and_the_prefetch_set_before_consuming(make_harness: MakeHarness) -> None:
    harness = make_harness()

    harness.run(prefetch=7)

    assert harness.broker.operations.index(
        f"declare queue {DEAD_LETTER_QUEUE} {{'durable': True}}"
    ) < harness.broker.operations.index("consume")
    assert harness.broker.connections[0].channels[0].prefetch == 7


def test_an_invalid_message_is_dead_lettered_and_only_then_acked(make_harness: MakeHarness) -> None:
    harness = make_harness(b"nonsense")

    harness.run(failing(INVALID))

    assert harness.settlements() == [f"publish /{DEAD_LETTER_QUEUE}", "ack"]
    [dead] = harness.broker.queues[DEAD_LETTER_QUEUE]
    assert (dead.body, dead.headers["x-dead-reason"]) == (b"nonsense", "not-json")
    assert harness.events.calls_to("dead_lettered") == [(INVALID,)]


def test_a_message_is_held_and_retried_while_the_database_is_down(make_harness: MakeHarness) -> None:
    harness = make_harness(b"1")

    harness.run(failing(DATABASE_DOWN, DATABASE_DOWN, DATABASE_DOWN))

    assert harness.handled == [b"1"] * 4
    assert harness.settlements() == ["ack"]
    assert [error for error, _ in harness.events.calls_to("dependency_down")] == [DATABASE_DOWN] * 3
    assert len(harness.events.calls_to("dependency_up")) == 1
    assert harness.events.calls_to("broker_lost") == []


def test_a_message_that_is_invalid_after_an_outage_is_dead_lettered(make_harness: MakeHarness) -> None:
    harness = make_harness(b"1")

    harness.run(failing(DATABASE_DOWN, DATABASE_DOWN, INVALID))

    assert harness.settlements() == [f"publish /{DEAD_LETTER_QUEUE}", "ack"]
    assert harness.events.names == [
        "consuming",
        "dependency_down",
        "dependency_down",
        "dependency_up",
        "dead_lettered",
    ]


def test_a_shutdown_during_an_outage_requeues_the_message_at_once(make_harness: MakeHarness) -> None:
    harness = make_harness(b"1")

    def fail(_delivery: Delivery) -> None:
        harness.stop.set()
        raise DATABASE_DOWN

    harness.run(fail)

    assert harness.settlements() == ["requeue"]
    assert harness.bodies(QUEUE) == [b"1"]
    assert harness.events.calls_to("requeued") == [("stopping", 1)]


def test_an_outage_longer_than_the_hold_limit_requeues_the_message_and_receives_it_again(
    make_harness: MakeHarness,
) -> None:
    harness = make_harness(b"1")

    harness.run(failing(DATABASE_DOWN, DATABASE_DOWN, DATABASE_DOWN), hold_seconds=0.0001)

    assert harness.settlements() == ["requeue", "ack"]
    assert harness.events.calls_to("requeued") == [("the database is down", 1)]


def test_work_in_progress_is_finished_after_a_shutdown_request(make_harness: MakeHarness) -> None:
    harness = make_harness(b"1", b"2")

    def work(delivery: Delivery) -> None:
        harness.stop.set()
        harness.work.pause(0.02)

    harness.run(work)

    assert harness.settlements() == ["ack"]
    assert harness.bodies(QUEUE) == [b"2"]


def test_after_a_shutdown_request_the_last_ack_delivers_no_further_message(make_harness: MakeHarness) -> None:
    harness = make_harness(b"1", b"2")

    harness.run(lambda _delivery: harness.stop.set())

    assert harness.broker.operations.index("cancel") < harness.broker.operations.index("ack")
    assert [message.returns for message in harness.broker.queues[QUEUE]] == [0]


def test_a_message_whose_work_exceeds_the_drain_limit_is_requeued(
    make_harness: MakeHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.consuming.consumer.DRAIN_SECONDS", 0.01)
    harness = make_harness(b"1")

    def work(delivery: Delivery) -> None:
        harness.stop.set()
        for _ in itertools.repeat(None):
            harness.work.pause(0.01)

    harness.run(work)

    assert harness.settlements() == ["requeue"]
    assert harness.bodies(QUEUE) == [b"1"]


@pytest.mark.parametrize(("returns", "isolated"), [(3, False), (4, True)])
def test_a_message_that_was_redelivered_often_is_handled_in_isolation(
    make_harness: MakeHarness, returns: int, isolated: bool
) -> None:
    harness = make_harness()
    harness.broker.put(QUEUE, b"1", returns=returns)

    harness.run()

    assert harness.isolated == ([b"1"] if isolated else [])
    assert harness.settlements() == ["ack"]


def test_an_unexpected_error_ends_the_loop_and_keeps_the_message_in_the_queue(
    make_harness: MakeHarness,
) -> None:
    harness = make_harness(b"1")

    with pytest.raises(ZeroDivisionError):
        harness.run(failing(ZeroDivisionError()))

    assert harness.settlements() == []
    assert harness.bodies(QUEUE) == [b"1"]
    assert not harness.broker.connections[0].is_open
