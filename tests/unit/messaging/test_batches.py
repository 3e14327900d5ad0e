"""The consumer loop on a broker in memory, with several messages in a batch."""

import itertools
import threading
import time
from collections.abc import Callable

import pytest
from pika.exceptions import StreamLostError

from messaging.consuming.consumer import BatchResult
from messaging.consuming.session import Delivery
from tests.unit.consumer_bench import (
    DATABASE_DOWN,
    DEAD_LETTER_QUEUE,
    INVALID,
    QUEUE,
    ConsumerBench,
    MakeBench,
    failing,
)
from tests.unit.fakes import in_turn, wait_until

SIX = tuple(str(number).encode() for number in range(1, 7))


def refusing(*bodies: bytes) -> Callable[[Delivery], None]:
    """A handler that can never handle these."""

    def handler(delivery: Delivery) -> None:
        if delivery.body in bodies:
            raise INVALID

    return handler


def returns(bench: ConsumerBench) -> list[int]:
    return [message.returns for message in bench.broker.queues[QUEUE]]


def test_a_batch_is_handled_together_and_acked_by_one_multiple_ack(make_bench: MakeBench) -> None:
    bench = make_bench(*SIX)

    bench.run(prefetch=4, batch_size=4)

    assert bench.batches == [[*SIX[:4]], [*SIX[4:]]]
    assert bench.settlements() == ["ack up to 4", "ack up to 6"]
    assert bench.bodies(QUEUE) == []


def test_with_batches_of_one_every_message_is_acked_by_itself(make_bench: MakeBench) -> None:
    bench = make_bench(*SIX)

    bench.run(prefetch=4)

    assert bench.batches == [[body] for body in SIX]
    assert bench.settlements() == ["ack"] * 6


def test_a_refused_message_is_buried_before_it_is_acked_and_its_neighbours_are_only_acked(
    make_bench: MakeBench,
) -> None:
    bench = make_bench(*SIX)

    bench.run(refusing(b"2", b"5"), prefetch=6, batch_size=6)

    bury = f"publish /{DEAD_LETTER_QUEUE}"
    assert bench.settlements() == [bury, "ack up to 2", bury, "ack up to 5", "ack"]
    assert bench.bodies(DEAD_LETTER_QUEUE) == [b"2", b"5"]
    assert len(bench.events.calls_to("dead_lettered")) == 2


def test_a_batch_that_is_refused_altogether_is_dead_in_order(make_bench: MakeBench) -> None:
    bench = make_bench(*SIX)

    bench.run(refusing(*SIX), prefetch=6, batch_size=6)

    assert bench.bodies(DEAD_LETTER_QUEUE) == [*SIX]
    assert bench.settlements() == [f"publish /{DEAD_LETTER_QUEUE}", "ack"] * 6


def test_a_loss_between_two_burials_leaves_the_rest_of_the_batch_in_the_queue(make_bench: MakeBench) -> None:
    bench = make_bench(*SIX)
    buried = in_turn(
        lambda: None,
        lambda: bench.broker.errors.update({f"publish /{DEAD_LETTER_QUEUE}": [StreamLostError("gone")]}),
    )
    bench.events.reactions["dead_lettered"] = buried

    bench.run(refusing(b"2", b"4", b"6"), prefetch=6, batch_size=6)

    assert bench.bodies(DEAD_LETTER_QUEUE) == [b"2", b"4", b"6"]
    assert bench.batches == [[*SIX], [b"5", b"6"]]
    assert bench.bodies(QUEUE) == []


@pytest.mark.parametrize("place", range(5))
def test_a_suspect_is_never_handled_with_its_neighbours_and_settled_by_its_own_outcome(
    make_bench: MakeBench, place: int
) -> None:
    bench = make_bench(*SIX[:place])
    bench.broker.put(QUEUE, b"suspect", returns=4)
    bench.broker.put(QUEUE, *SIX[place:4])

    bench.run(prefetch=5, batch_size=5)

    expected = [[*SIX[:place]], [b"suspect"], [*SIX[place:4]]]
    assert bench.batches == [batch for batch in expected if batch]
    assert bench.isolated == [b"suspect"]
    assert "ack" in bench.settlements(), "the suspect's own ack covers nothing else"
    assert bench.bodies(QUEUE) == []


def test_what_comes_before_a_suspect_is_acked_before_it_is_tried(make_bench: MakeBench) -> None:
    bench = make_bench(*SIX[:3])
    bench.broker.put(QUEUE, b"suspect", returns=4)
    bench.broker.put(QUEUE, *SIX[3:])
    bench.broker.errors["ack"] = [StreamLostError("gone")]

    bench.run(prefetch=7, batch_size=7)

    assert bench.batches == [[*SIX[:3]], [b"suspect"], [b"suspect"], [*SIX[3:]]]
    assert bench.settlements() == ["ack up to 3", "ack", "ack up to 4"]


def test_suspects_in_a_row_are_tried_together_and_nothing_else_is(make_bench: MakeBench) -> None:
    bench = make_bench(b"before")
    bench.broker.put(QUEUE, *SIX[:3], returns=4)
    bench.broker.put(QUEUE, b"behind")

    bench.run(prefetch=5, batch_size=5)

    assert bench.batches == [[b"before"], [b"1", b"2", b"3"], [b"behind"]]
    assert bench.isolated == [b"1", b"2", b"3"]
    assert bench.settlements() == ["ack", "ack up to 4", "ack"]


def test_an_outage_holds_the_whole_batch_unacked_until_it_is_over(make_bench: MakeBench) -> None:
    bench = make_bench(*SIX)
    bench.events.reactions["dependency_down"] = lambda: unsettled.append(bench.settlements())
    unsettled: list[list[str]] = []

    bench.run(failing(DATABASE_DOWN, DATABASE_DOWN, DATABASE_DOWN), prefetch=6, batch_size=6)

    assert bench.batches == [[*SIX]] * 4
    assert unsettled == [[]] * 3
    assert bench.settlements() == ["ack up to 6"]


def test_a_stop_during_an_outage_gives_back_the_batch_and_what_came_behind_it(make_bench: MakeBench) -> None:
    bench = make_bench(*SIX)

    def away(_delivery: Delivery) -> None:
        bench.stop.set()
        raise DATABASE_DOWN

    bench.run(away, prefetch=5, batch_size=3)

    assert bench.settlements() == ["requeue"]
    assert bench.bodies(QUEUE) == [*SIX]
    assert returns(bench) == [1, 1, 1, 1, 1, 0]
    assert bench.events.calls_to("requeued") == [("stopping", 5)]


def test_an_outage_beyond_the_hold_limit_gives_back_the_batch_and_takes_it_again(
    make_bench: MakeBench,
) -> None:
    bench = make_bench(*SIX)

    bench.run(
        failing(DATABASE_DOWN, DATABASE_DOWN, DATABASE_DOWN), prefetch=4, batch_size=4, hold_seconds=0.0001
    )

    assert bench.events.calls_to("requeued") == [("the database is down", 4)]
    assert bench.settlements() == ["requeue", "ack up to 8", "ack up to 10"]
    assert bench.bodies(QUEUE) == []


def test_after_the_stop_the_batch_in_hand_is_finished_and_brings_nothing_more(make_bench: MakeBench) -> None:
    bench = make_bench(*SIX)

    bench.run(lambda _delivery: bench.stop.set(), prefetch=4, batch_size=4)

    assert bench.settlements() == ["ack up to 4"]
    assert bench.bodies(QUEUE) == [b"5", b"6"]
    assert returns(bench) == [0, 0]


def test_work_on_a_batch_that_outlasts_the_drain_limit_is_given_back(
    make_bench: MakeBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.consuming.consumer.DRAIN_SECONDS", 0.01)
    bench = make_bench(*SIX)

    def work(delivery: Delivery) -> None:
        bench.stop.set()
        for _ in itertools.repeat(None):
            bench.work.pause(0.01)

    bench.run(work, prefetch=6, batch_size=6)

    assert bench.settlements() == ["requeue"]
    assert bench.bodies(QUEUE) == [*SIX]


def test_a_batch_whose_connection_was_lost_is_not_acked_but_handled_again(make_bench: MakeBench) -> None:
    bench = make_bench(*SIX)

    bench.run(failing(afterwards=in_turn(bench.broker.disconnect)), prefetch=6, batch_size=6)

    assert bench.batches == [[*SIX]] * 2
    assert bench.settlements() == ["ack up to 6"]
    assert bench.events.names == ["consuming", "broker_lost", "consuming"]


def test_a_stop_while_a_batch_is_gathered_ends_the_wait_and_the_batch_is_handled(
    make_bench: MakeBench,
) -> None:
    bench = make_bench(b"1")

    def stop_once_it_is_taken() -> None:
        try:
            wait_until(lambda: bench.bodies(QUEUE) == [])
        finally:
            bench.stop.set()

    stopping = threading.Thread(target=stop_once_it_is_taken)
    stopping.start()
    began = time.monotonic()

    bench.run(prefetch=9, batch_size=9, linger_seconds=600)

    stopping.join()
    assert time.monotonic() - began < 300
    assert bench.batches == [[b"1"]]
    assert bench.settlements() == ["ack"]


def test_what_a_batch_has_to_tell_is_told_after_its_settlement(make_bench: MakeBench) -> None:
    bench = make_bench(*SIX)

    bench.run(prefetch=3, batch_size=3)

    assert bench.reported == ["ack up to 3", "ack up to 6"]


def test_what_was_committed_is_told_although_its_ack_is_lost(make_bench: MakeBench) -> None:
    bench = make_bench(b"1", b"2")
    bench.broker.errors["ack up to 2"] = [StreamLostError("gone")]

    bench.run(prefetch=2, batch_size=2)

    assert len(bench.batches) == 2
    assert len(bench.reported) == 1, "nothing had been settled when the first was told"
    assert bench.settlements() == ["ack up to 2"]


@pytest.mark.parametrize("outcomes", [0, 2, 4])
def test_a_handler_that_does_not_give_an_outcome_for_each_message_settles_none(
    make_bench: MakeBench, monkeypatch: pytest.MonkeyPatch, outcomes: int
) -> None:
    bench = make_bench(b"1", b"2", b"3")
    monkeypatch.setattr(
        "tests.unit.consumer_bench.BatchResult", lambda _, tell: BatchResult([None] * outcomes, tell)
    )

    with pytest.raises(ValueError, match="zip"):
        bench.run(prefetch=3, batch_size=3)

    assert bench.settlements() == []
    assert bench.bodies(QUEUE) == [b"1", b"2", b"3"]
