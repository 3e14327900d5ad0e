"""The messages whose confirms are outstanding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.amqp.transport import RESPONSE_TIMEOUT_SECONDS
from messaging.errors import BrokerUnavailable
from messaging.publishing.bulk import Message
from messaging.publishing.confirm_publisher import Confirm, OutstandingConfirms
from tests.unit.fakes import FakeClock


def messages(count: int) -> list[Message]:
    return [Message("kitchen", str(number), b"{}", number) for number in range(1, count + 1)]


@st.composite
def confirmations(draw: st.DrawFn) -> list[tuple[Confirm, int]]:
    """Draw confirms of up to 30 messages in any order, each with the number confirmed without a gap."""
    count = draw(st.integers(1, 30))
    confirmed: set[int] = set()
    steps = []
    for tag in draw(st.permutations(range(1, count + 1))):
        multiple = draw(st.booleans())
        confirmed |= set(range(1, tag + 1)) if multiple else {tag}
        contiguous = next(n for n in range(count + 1) if n + 1 not in confirmed)
        steps.append((Confirm(tag, multiple), contiguous))
    return steps


@given(confirmations())
def test_a_message_is_confirmed_once_all_before_it_are(
    steps: list[tuple[Confirm, int]],
) -> None:
    outstanding: OutstandingConfirms[Message] = OutstandingConfirms()
    for message in messages(len(steps)):
        outstanding.add(message)
    before = 0

    for confirm, contiguous in steps:
        assert [message.context for message in outstanding.confirm(confirm)] == list(
            range(before + 1, contiguous + 1)
        )
        assert len(outstanding) == len(steps) - contiguous
        before = contiguous


def test_after_a_reset_delivery_tags_start_at_1() -> None:
    outstanding: OutstandingConfirms[Message] = OutstandingConfirms()
    for message in messages(5):
        outstanding.add(message)
    outstanding.confirm(Confirm(2, multiple=True))
    outstanding.confirm(Confirm(4, multiple=False))

    assert [message.context for message in outstanding.reset()] == [3, 4, 5]
    assert [message.context for message in outstanding.confirm(Confirm(1, multiple=False))] == [3]
    assert len(outstanding) == 2


def test_only_a_broker_that_confirms_nothing_for_long_does_not_respond() -> None:
    clock = FakeClock()
    outstanding: OutstandingConfirms[Message] = OutstandingConfirms(clock)
    clock.now += 2 * RESPONSE_TIMEOUT_SECONDS
    outstanding.check_progress()  # nothing is outstanding
    for message in messages(3):
        outstanding.add(message)

    for tag in (3, 2):  # each confirm counts, also one that settles nothing yet
        clock.now += RESPONSE_TIMEOUT_SECONDS
        outstanding.check_progress()
        outstanding.confirm(Confirm(tag, multiple=False))
    clock.now += RESPONSE_TIMEOUT_SECONDS + 1
    with pytest.raises(BrokerUnavailable, match="did not respond for 30 s"):
        outstanding.check_progress()

    outstanding.reset()  # on another connection
    outstanding.check_progress()
