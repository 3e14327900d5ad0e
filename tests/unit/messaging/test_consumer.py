"""The consumer loop on a broker in memory: what a handler's outcome does to the message."""

import itertools

import pytest

from messaging.consuming.session import Delivery
from tests.unit.consumer_bench import DATABASE_DOWN, DEAD_LETTER_QUEUE, INVALID, QUEUE, MakeBench, failing


def test_handled_messages_are_acked_in_order(make_bench: MakeBench) -> None:
    bench = make_bench(b"1", b"2", b"3")

    bench.run(prefetch=2)

    assert bench.handled == [b"1", b"2", b"3"]
    assert bench.settlements() == ["ack"] * 3
    assert bench.bodies(QUEUE) == []
    assert bench.events.names == ["consuming"]


def test_what_comes_into_hand_is_told_with_its_number_and_once_for_all_attempts(
    make_bench: MakeBench,
) -> None:
    bench = make_bench(b"1", b"2", b"3")

    bench.run(failing(DATABASE_DOWN, DATABASE_DOWN), prefetch=2, batch_size=2, linger_seconds=0.01)

    assert sum(number for (number,) in bench.events.calls_to("received")) == 3


def test_the_topology_is_declared_and_the_prefetch_set_before_consuming(make_bench: MakeBench) -> None:
    bench = make_bench()

    bench.run(prefetch=7)

    assert bench.broker.operations.index(
        f"declare queue {DEAD_LETTER_QUEUE} {{'durable': True}}"
    ) < bench.broker.operations.index("consume")
    assert bench.broker.connections[0].channels[0].prefetch == 7


def test_an_invalid_message_is_dead_lettered_and_only_then_acked(make_bench: MakeBench) -> None:
    bench = make_bench(b"nonsense")

    bench.run(failing(INVALID))

    assert bench.settlements() == [f"publish /{DEAD_LETTER_QUEUE}", "ack"]
    [dead] = bench.broker.queues[DEAD_LETTER_QUEUE]
    assert (dead.body, dead.headers["x-dead-reason"]) == (b"nonsense", "not-json")
    assert bench.events.calls_to("dead_lettered") == [(INVALID,)]


def test_an_outage_is_waited_out_with_the_message_in_hand(make_bench: MakeBench) -> None:
    bench = make_bench(b"1")

    bench.run(failing(DATABASE_DOWN, DATABASE_DOWN, DATABASE_DOWN))

    assert bench.handled == [b"1"] * 4
    assert bench.settlements() == ["ack"]
    assert [reason for reason, _ in bench.events.calls_to("dependency_down")] == ["the database is down"] * 3
    assert len(bench.events.calls_to("dependency_up")) == 1
    assert bench.events.calls_to("broker_lost") == []


def test_a_message_found_invalid_after_an_outage_is_dead_lettered(make_bench: MakeBench) -> None:
    bench = make_bench(b"1")

    bench.run(failing(DATABASE_DOWN, DATABASE_DOWN, INVALID))

    assert bench.settlements() == [f"publish /{DEAD_LETTER_QUEUE}", "ack"]
    assert bench.events.names == [
        "consuming",
        "dependency_down",
        "dependency_down",
        "dependency_up",
        "dead_lettered",
    ]


def test_a_stop_during_an_outage_requeues_the_message_at_once(make_bench: MakeBench) -> None:
    bench = make_bench(b"1")

    def away(_delivery: Delivery) -> None:
        bench.stop.set()
        raise DATABASE_DOWN

    bench.run(away)

    assert bench.settlements() == ["requeue"]
    assert bench.bodies(QUEUE) == [b"1"]
    assert bench.events.calls_to("requeued") == [("stopping", 1)]


def test_an_outage_beyond_the_hold_limit_requeues_the_message_and_takes_it_again(
    make_bench: MakeBench,
) -> None:
    bench = make_bench(b"1")

    bench.run(failing(DATABASE_DOWN, DATABASE_DOWN, DATABASE_DOWN), hold_seconds=0.0001)

    assert bench.settlements() == ["requeue", "ack"]
    assert bench.events.calls_to("requeued") == [("the database is down", 1)]


def test_work_in_progress_is_finished_after_the_stop(make_bench: MakeBench) -> None:
    bench = make_bench(b"1", b"2")

    def work(delivery: Delivery) -> None:
        bench.stop.set()
        bench.work.pause(0.02)

    bench.run(work)

    assert bench.settlements() == ["ack"]
    assert bench.bodies(QUEUE) == [b"2"]


def test_after_the_stop_the_last_ack_brings_no_further_message(make_bench: MakeBench) -> None:
    bench = make_bench(b"1", b"2")

    bench.run(lambda _delivery: bench.stop.set())

    assert bench.broker.operations.index("cancel") < bench.broker.operations.index("ack")
    assert [message.returns for message in bench.broker.queues[QUEUE]] == [0]


def test_work_that_outlasts_the_drain_limit_is_given_back(
    make_bench: MakeBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.consuming.consumer.DRAIN_SECONDS", 0.01)
    bench = make_bench(b"1")

    def work(delivery: Delivery) -> None:
        bench.stop.set()
        for _ in itertools.repeat(None):
            bench.work.pause(0.01)

    bench.run(work)

    assert bench.settlements() == ["requeue"]
    assert bench.bodies(QUEUE) == [b"1"]


@pytest.mark.parametrize(("returns", "suspect"), [(3, False), (4, True)])
def test_a_message_that_came_back_often_goes_to_the_suspect_handler(
    make_bench: MakeBench, returns: int, suspect: bool
) -> None:
    bench = make_bench()
    bench.broker.put(QUEUE, b"1", returns=returns)

    bench.run()

    assert bench.isolated == ([b"1"] if suspect else [])
    assert bench.settlements() == ["ack"]


def test_anything_unforeseen_ends_the_loop_and_leaves_the_message_in_the_queue(make_bench: MakeBench) -> None:
    bench = make_bench(b"1")

    with pytest.raises(ZeroDivisionError):
        bench.run(failing(ZeroDivisionError()))

    assert bench.settlements() == []
    assert bench.bodies(QUEUE) == [b"1"]
    assert not bench.broker.connections[0].is_open
