"""The consumer loop on a broker in memory: isolation of messages that may be poison."""

import pytest
from pika.exceptions import StreamLostError

from tests.unit.consumer_harness import QUEUE, MakeHarness

SIX = (b"1", b"2", b"3", b"4", b"5", b"6")


@pytest.mark.parametrize("position", range(5))
def test_a_possible_poison_message_is_handled_alone_and_settled_by_its_own_outcome(
    make_harness: MakeHarness, position: int
) -> None:
    harness = make_harness(*SIX[:position])
    harness.broker.put(QUEUE, b"poison", returns=4)
    harness.broker.put(QUEUE, *SIX[position:4])

    harness.run(prefetch=5, batch_size=5)

    expected = [[*SIX[:position]], [b"poison"], [*SIX[position:4]]]
    assert harness.batches == [batch for batch in expected if batch]
    assert harness.isolated == [b"poison"]
    assert "ack" in harness.settlements(), "the ack of the isolated message is not a multiple ack"
    assert harness.bodies(QUEUE) == []


def test_messages_before_a_possible_poison_message_are_acked_before_its_isolation(
    make_harness: MakeHarness,
) -> None:
    harness = make_harness(*SIX[:3])
    harness.broker.put(QUEUE, b"poison", returns=4)
    harness.broker.put(QUEUE, *SIX[3:])
    harness.broker.errors["ack"] = [StreamLostError("gone")]

    harness.run(prefetch=7, batch_size=7)

    assert harness.batches == [[*SIX[:3]], [b"poison"], [b"poison"], [*SIX[3:]]]
    assert harness.settlements() == ["ack up to 3", "ack", "ack up to 4"]


def test_consecutive_possible_poison_messages_are_isolated_together_without_others(
    make_harness: MakeHarness,
) -> None:
    harness = make_harness(b"before")
    harness.broker.put(QUEUE, *SIX[:3], returns=4)
    harness.broker.put(QUEUE, b"after")

    harness.run(prefetch=5, batch_size=5)

    assert harness.batches == [[b"before"], [b"1", b"2", b"3"], [b"after"]]
    assert harness.isolated == [b"1", b"2", b"3"]
    assert harness.settlements() == ["ack", "ack up to 4", "ack"]
