"""The consumer loop on a broker in memory, with several messages in a batch."""

import itertools
import threading
import time
from collections.abc import Callable

import pytest
from pika.exceptions import ConnectionBlockedTimeout, StreamLostError

from messaging.consuming.delivery import Delivery
from messaging.consuming.handler import BatchResult
from tests.unit.consumer_harness import (
    DATABASE_DOWN,
    DEAD_LETTER_QUEUE,
    INVALID,
    QUEUE,
    ConsumerHarness,
    MakeHarness,
    failing,
)
from tests.unit.fakes import in_turn, wait_until

DEAD_LETTER = f"publish /{DEAD_LETTER_QUEUE}"
SIX = tuple(str(number).encode() for number in range(1, 7))


def rejecting(*bodies: bytes) -> Callable[[Delivery], None]:
    """Return a handler that rejects these bodies as invalid."""

    def handler(delivery: Delivery) -> None:
        if delivery.body in bodies:
            raise INVALID

    return handler


def stop_when_settled(harness: ConsumerHarness) -> Callable[[], None]:
    """Return what stops an idle consumer once all messages are settled."""

    def when_idle() -> None:
        if not harness.broker.unsettled():
            harness.stop.set()

    return when_idle


def returns(harness: ConsumerHarness) -> list[int]:
    return [message.returns for message in harness.broker.queues[QUEUE]]


def test_a_batch_is_handled_together_and_acked_by_one_multiple_ack(make_harness: MakeHarness) -> None:
    harness = make_harness(*SIX)

    harness.run(prefetch=4, batch_size=4)

    assert harness.batches == [[*SIX[:4]], [*SIX[4:]]]
    assert harness.settlements() == ["ack up to 4", "ack up to 6"]
    assert harness.bodies(QUEUE) == []


def test_with_a_batch_size_of_1_each_message_is_acked_separately(make_harness: MakeHarness) -> None:
    harness = make_harness(*SIX)

    harness.run(prefetch=4)

    assert harness.batches == [[body] for body in SIX]
    assert harness.settlements() == ["ack"] * 6


def test_only_the_invalid_messages_of_a_batch_are_dead_lettered_each_before_its_ack(
    make_harness: MakeHarness,
) -> None:
    harness = make_harness(*SIX)

    harness.run(rejecting(b"2", b"5"), prefetch=6, batch_size=6)

    assert harness.settlements() == [DEAD_LETTER, "ack up to 2", DEAD_LETTER, "ack up to 5", "ack"]
    assert harness.bodies(DEAD_LETTER_QUEUE) == [b"2", b"5"]
    assert len(harness.events.calls_to("dead_lettered")) == 2


def test_a_batch_of_invalid_messages_is_dead_lettered_in_order(make_harness: MakeHarness) -> None:
    harness = make_harness(*SIX)

    harness.run(rejecting(*SIX), prefetch=6, batch_size=6)

    assert harness.bodies(DEAD_LETTER_QUEUE) == [*SIX]
    assert harness.settlements() == [DEAD_LETTER, "ack"] * 6


def test_the_connection_of_dead_letters_may_be_lost_between_two_of_them(make_harness: MakeHarness) -> None:
    harness = make_harness(*SIX)
    fail_third = in_turn(
        lambda: None,
        lambda: harness.broker.errors.update({DEAD_LETTER: [StreamLostError("gone")]}),
    )
    harness.events.reactions["dead_lettered"] = fail_third

    harness.run(rejecting(b"2", b"4", b"6"), prefetch=6, batch_size=6, when_idle=stop_when_settled(harness))

    assert harness.bodies(DEAD_LETTER_QUEUE) == [b"2", b"4", b"6"]
    assert harness.batches == [[*SIX]]
    assert harness.bodies(QUEUE) == []


def test_readings_are_acked_while_the_dead_letter_queue_accepts_nothing(make_harness: MakeHarness) -> None:
    # given a broker with an alarm that ends when everything else is acked
    harness = make_harness(*SIX)
    harness.broker.blocks_publishers = True
    finish = stop_when_settled(harness)

    def when_idle() -> None:
        harness.broker.blocks_publishers = len(harness.events.calls_to("dead_lettering_unavailable")) < 4
        finish()

    harness.run(rejecting(b"1", b"4"), prefetch=3, batch_size=3, when_idle=when_idle)

    # then nothing is delivered or published twice
    assert harness.batches == [[*SIX[:3]], [*SIX[3:5]], [SIX[5]]]
    assert harness.settlements() == [DEAD_LETTER, *["ack"] * 5, DEAD_LETTER, "ack"]
    assert harness.bodies(DEAD_LETTER_QUEUE) == [b"1", b"4"]
    assert harness.bodies(QUEUE) == []
    assert harness.events.names.count("dead_lettering_unavailable") == 4


def test_after_held_messages_are_settled_a_batch_is_acked_by_one_multiple_ack_again(
    make_harness: MakeHarness,
) -> None:
    harness = make_harness(*SIX[:3])
    harness.broker.errors[DEAD_LETTER] = [ConnectionBlockedTimeout("blocked")]
    finish = stop_when_settled(harness)

    def when_idle() -> None:
        if harness.bodies(DEAD_LETTER_QUEUE) and len(harness.batches) == 1:
            harness.broker.put(QUEUE, *SIX[3:])
        else:
            finish()

    harness.run(rejecting(b"2"), prefetch=3, batch_size=3, when_idle=when_idle)

    assert harness.settlements() == ["ack", "ack", DEAD_LETTER, "ack", "ack up to 6"]


def test_held_messages_are_requeued_before_the_broker_gives_up_on_the_consumer(
    make_harness: MakeHarness,
) -> None:
    harness = make_harness(*SIX[:2])
    harness.broker.errors[DEAD_LETTER] = [ConnectionBlockedTimeout("blocked") for _ in range(2)]

    harness.run(
        rejecting(b"1"),
        prefetch=2,
        batch_size=2,
        hold_seconds=1e-9,
        when_idle=stop_when_settled(harness),
    )

    assert harness.events.calls_to("requeued") == [("the dead-letter queue accepts nothing", 1)]
    assert harness.handled == [b"1", b"2", b"1"]
    assert harness.settlements() == ["ack", "requeue", DEAD_LETTER, "ack"]


def test_a_shutdown_while_many_messages_are_dead_lettered_requeues_the_rest(
    make_harness: MakeHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.consuming.consumer.DRAIN_SECONDS", 0)
    harness = make_harness(*SIX)
    harness.events.reactions["dead_lettered"] = in_turn(lambda: None, harness.stop.set)

    harness.run(rejecting(*SIX), prefetch=6, batch_size=6)

    assert harness.bodies(DEAD_LETTER_QUEUE) == [b"1", b"2"]
    assert harness.bodies(QUEUE) == [*SIX[2:]]
    assert harness.settlements()[-1] == "requeue"


def test_the_whole_batch_is_held_unacked_while_the_database_is_down(make_harness: MakeHarness) -> None:
    harness = make_harness(*SIX)
    harness.events.reactions["dependency_down"] = lambda: unsettled.append(harness.settlements())
    unsettled: list[list[str]] = []

    harness.run(failing(DATABASE_DOWN, DATABASE_DOWN, DATABASE_DOWN), prefetch=6, batch_size=6)

    assert harness.batches == [[*SIX]] * 4
    assert unsettled == [[]] * 3
    assert harness.settlements() == ["ack up to 6"]


def test_a_shutdown_during_an_outage_requeues_the_batch_and_the_messages_after_it(
    make_harness: MakeHarness,
) -> None:
    harness = make_harness(*SIX)

    def fail(_delivery: Delivery) -> None:
        harness.stop.set()
        raise DATABASE_DOWN

    harness.run(fail, prefetch=5, batch_size=3)

    assert harness.settlements() == ["requeue"]
    assert harness.bodies(QUEUE) == [*SIX]
    assert returns(harness) == [1, 1, 1, 1, 1, 0]
    assert harness.events.calls_to("requeued") == [("stopping", 5)]


def test_an_outage_longer_than_the_hold_limit_requeues_the_batch_and_receives_it_again(
    make_harness: MakeHarness,
) -> None:
    harness = make_harness(*SIX)

    harness.run(
        failing(DATABASE_DOWN, DATABASE_DOWN, DATABASE_DOWN), prefetch=4, batch_size=4, hold_seconds=0.0001
    )

    assert harness.events.calls_to("requeued") == [("the database is down", 4)]
    assert harness.settlements() == ["requeue", "ack up to 8", "ack up to 10"]
    assert harness.bodies(QUEUE) == []


def test_after_a_shutdown_request_the_batch_is_finished_and_no_further_message_is_delivered(
    make_harness: MakeHarness,
) -> None:
    harness = make_harness(*SIX)

    harness.run(lambda _delivery: harness.stop.set(), prefetch=4, batch_size=4)

    assert harness.settlements() == ["ack up to 4"]
    assert harness.bodies(QUEUE) == [b"5", b"6"]
    assert returns(harness) == [0, 0]


def test_a_batch_whose_work_exceeds_the_drain_limit_is_requeued(
    make_harness: MakeHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.consuming.consumer.DRAIN_SECONDS", 0.01)
    harness = make_harness(*SIX)

    def work(delivery: Delivery) -> None:
        harness.stop.set()
        for _ in itertools.repeat(None):
            harness.work.pause(0.01)

    harness.run(work, prefetch=6, batch_size=6)

    assert harness.settlements() == ["requeue"]
    assert harness.bodies(QUEUE) == [*SIX]


def test_a_batch_whose_connection_was_lost_is_handled_again_before_its_ack(make_harness: MakeHarness) -> None:
    harness = make_harness(*SIX)

    harness.run(failing(afterwards=in_turn(harness.broker.disconnect)), prefetch=6, batch_size=6)

    assert harness.batches == [[*SIX]] * 2
    assert harness.settlements() == ["ack up to 6"]
    assert harness.events.names == ["consuming", "broker_lost", "consuming"]


def test_a_shutdown_request_ends_the_linger_and_the_batch_is_handled(
    make_harness: MakeHarness,
) -> None:
    harness = make_harness(b"1")

    def stop_once_it_is_received() -> None:
        try:
            wait_until(lambda: harness.bodies(QUEUE) == [])
        finally:
            harness.stop.set()

    stopping = threading.Thread(target=stop_once_it_is_received)
    stopping.start()
    started_at = time.monotonic()

    harness.run(prefetch=9, batch_size=9, linger_seconds=600)

    stopping.join()
    assert time.monotonic() - started_at < 300
    assert harness.batches == [[b"1"]]
    assert harness.settlements() == ["ack"]


def test_a_batch_is_reported_after_it_is_settled(make_harness: MakeHarness) -> None:
    harness = make_harness(*SIX)

    harness.run(prefetch=3, batch_size=3)

    assert harness.reported == ["ack up to 3", "ack up to 6"]


def test_a_committed_batch_is_reported_although_its_ack_is_lost(make_harness: MakeHarness) -> None:
    harness = make_harness(b"1", b"2")
    harness.broker.errors["ack up to 2"] = [StreamLostError("gone")]

    harness.run(prefetch=2, batch_size=2)

    assert len(harness.batches) == 2
    assert len(harness.reported) == 1, "nothing was settled when the first was reported"
    assert harness.settlements() == ["ack up to 2"]


@pytest.mark.parametrize("outcomes", [0, 2, 4])
def test_a_handler_with_another_number_of_outcomes_than_messages_settles_none(
    make_harness: MakeHarness, monkeypatch: pytest.MonkeyPatch, outcomes: int
) -> None:
    harness = make_harness(b"1", b"2", b"3")
    monkeypatch.setattr(
        "tests.unit.consumer_harness.BatchResult",
        lambda _, on_settled: BatchResult([None] * outcomes, on_settled),
    )

    with pytest.raises(ValueError, match="zip"):
        harness.run(prefetch=3, batch_size=3)

    assert harness.settlements() == []
    assert harness.bodies(QUEUE) == [b"1", b"2", b"3"]
