"""Any batching of any messages has the same result as one message at a time."""

import json
from collections.abc import Sequence
from functools import partial
from typing import Any
from unittest.mock import patch
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from db.errors import InvalidData, StoreUnavailable
from messaging.consuming.consumer import Consumer, ConsumerOptions
from messaging.topology import Topology
from pipeline.handler import ReadingHandler
from pipeline.telemetry import PipelineTelemetry
from readings.model import Reading
from runtime.lifecycle import ShutdownSignal
from tests.unit.bodies import with_fields
from tests.unit.fake_broker import FakeBroker
from tests.unit.fakes import EventRecorder, FakeStore

QUEUE, DEAD_LETTER_QUEUE = "heat", "heat.dead"
MAX_MESSAGES = 24


class PickyStore(FakeStore):
    """Rejects statements with a temperature below zero, and is down at some calls."""

    def __init__(self, down_at: Sequence[int]) -> None:
        super().__init__()
        self._calls = 0
        self._down_at = down_at

    def save(self, readings: Sequence[Reading]) -> int:
        self._calls += 1
        if self._calls in self._down_at:
            raise StoreUnavailable("down")
        for reading in readings:
            if reading.temperature < 0:
                raise InvalidData(f"{reading.temperature} is below zero")
        return super().save(readings)


def body(number: int, temperature: float) -> bytes:
    """Return a body. The few numbers give duplicates, with equal and with other temperatures."""
    return with_fields(reading_id=str(UUID(int=number)), temperature=temperature)


READABLE = st.builds(body, st.integers(1, 6), st.sampled_from([20.0, 21.0, -1.0]))
UNREADABLE = st.sampled_from([b"", b"nonsense", b"{}", json.dumps([1]).encode()])
FUTURE = st.just(with_fields(measured_at="2999-01-01T00:00:00Z"))
# A body, and how often it was redelivered: from the fifth delivery on it is handled in isolation.
MESSAGES = st.lists(
    st.tuples(READABLE | UNREADABLE | FUTURE, st.sampled_from([0, 0, 0, 3, 4])), max_size=MAX_MESSAGES
)


def consumed(
    messages: Sequence[tuple[bytes, int]], size: int, prefetch: int, down_at: Sequence[int] = ()
) -> dict[str, Any]:
    """Consume the messages and return what was stored, dead-lettered and reported."""
    broker, store, events, stop = (
        FakeBroker(),
        PickyStore(down_at),
        EventRecorder(PipelineTelemetry),
        ShutdownSignal(),
    )
    for content, returns in messages:
        broker.put(QUEUE, content, returns=returns)
    handler = ReadingHandler(store, events, naive_time_zone=ZoneInfo("UTC"))
    options = ConsumerOptions(
        url="", name="me", topology=Topology(QUEUE), prefetch=prefetch, batch_size=size, linger_seconds=0.001
    )
    consumer = Consumer(
        options, handler=handler, isolation_handler=handler, events=events, stop=stop, when_idle=stop.set
    )
    with (
        patch("messaging.consuming.consumer.Connection", broker.open_connection),
        patch("messaging.consuming.consumer.RECONNECT_SECONDS", 0.001),
        patch("runtime.retry.INITIAL_DELAY_SECONDS", 0.001),
        patch("runtime.retry.MAX_JITTER_SECONDS", 0.001),
    ):
        consumer.run()
    batches = [stored for (stored,) in events.calls_to("stored")]
    return {
        "stored": store.readings,
        "dead": [(dead.body, dead.headers["x-dead-reason"]) for dead in broker.queues[DEAD_LETTER_QUEUE]],
        "remaining": list(broker.queues[QUEUE]),
        "reported": sum(len(batch.readings) for batch in batches),
        "new": sum(batch.new for batch in batches),
        "reported dead letters": len(events.calls_to("dead_lettered")),
    }


one_by_one = partial(consumed, size=1, prefetch=1)


@given(MESSAGES, st.integers(2, MAX_MESSAGES), st.integers(0, MAX_MESSAGES))
def test_batches_of_any_size_have_the_result_of_single_messages(
    messages: list[tuple[bytes, int]], size: int, more: int
) -> None:
    result = consumed(messages, size=size, prefetch=size + more)

    assert result == one_by_one(messages)
    assert result["remaining"] == []
    assert result["reported"] + result["reported dead letters"] == len(messages)


@given(MESSAGES, st.integers(2, MAX_MESSAGES), st.lists(st.integers(1, MAX_MESSAGES), max_size=4))
def test_outages_change_only_which_copy_counts_as_new(
    messages: list[tuple[bytes, int]], size: int, down_at: list[int]
) -> None:
    result = consumed(messages, size=size, prefetch=size, down_at=down_at)

    expected = one_by_one(messages)
    assert {name: value for name, value in result.items() if name != "new"} == {
        name: value for name, value in expected.items() if name != "new"
    }
    assert result["new"] <= expected["new"]
