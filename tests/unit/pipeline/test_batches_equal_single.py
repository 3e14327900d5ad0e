"""Whatever is in the queue, and however it is batched, the result is that of one message at a time."""

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

QUEUE, DEAD = "heat", "heat.dead"
MOST = 24


class PickyStore(FakeStore):
    """Rejects whatever is below zero, and all that comes with it; is away at some calls."""

    def __init__(self, away_at: Sequence[int]) -> None:
        super().__init__()
        self._calls = 0
        self._away_at = away_at

    def save(self, readings: Sequence[Reading]) -> int:
        self._calls += 1
        if self._calls in self._away_at:
            raise StoreUnavailable("away")
        for reading in readings:
            if reading.temperature < 0:
                raise InvalidData(f"{reading.temperature} is below zero")
        return super().save(readings)


def body(number: int, temperature: float) -> bytes:
    """With few numbers, so that there are duplicates, also of another temperature."""
    return with_fields(reading_id=str(UUID(int=number)), temperature=temperature)


READABLE = st.builds(body, st.integers(1, 6), st.sampled_from([20.0, 21.0, -1.0]))
UNREADABLE = st.sampled_from([b"", b"nonsense", b"{}", json.dumps([1]).encode()])
FUTURE = st.just(with_fields(measured_at="2999-01-01T00:00:00Z"))
# A body, and how often it came back already: from the fifth delivery on it is a suspect.
MESSAGES = st.lists(
    st.tuples(READABLE | UNREADABLE | FUTURE, st.sampled_from([0, 0, 0, 3, 4])), max_size=MOST
)


def consumed(
    messages: Sequence[tuple[bytes, int]], size: int, prefetch: int, away_at: Sequence[int] = ()
) -> dict[str, Any]:
    """What becomes of them."""
    broker, store, told, stop = (
        FakeBroker(),
        PickyStore(away_at),
        EventRecorder(PipelineTelemetry),
        ShutdownSignal(),
    )
    for content, returns in messages:
        broker.put(QUEUE, content, returns=returns)
    handler = ReadingHandler(store, told, naive_time_zone=ZoneInfo("UTC"))
    options = ConsumerOptions(
        url="", name="me", topology=Topology(QUEUE), prefetch=prefetch, batch_size=size, linger_seconds=0.001
    )
    consumer = Consumer(
        options, handler=handler, isolation_handler=handler, events=told, stop=stop, when_idle=stop.set
    )
    with (
        patch("messaging.consuming.consumer.Connection", broker.open_connection),
        patch("messaging.consuming.consumer.RECONNECT_SECONDS", 0.001),
        patch("runtime.retry.INITIAL_DELAY_SECONDS", 0.001),
        patch("runtime.retry.MAX_JITTER_SECONDS", 0.001),
    ):
        consumer.run()
    batches = [stored for (stored,) in told.calls_to("stored")]
    return {
        "stored": store.readings,
        "dead": [(dead.body, dead.headers["x-dead-reason"]) for dead in broker.queues[DEAD]],
        "left": list(broker.queues[QUEUE]),
        "told": sum(len(batch.readings) for batch in batches),
        "new": sum(batch.new for batch in batches),
        "told dead": len(told.calls_to("dead_lettered")),
    }


one_by_one = partial(consumed, size=1, prefetch=1)


@given(MESSAGES, st.integers(2, MOST), st.integers(0, MOST))
def test_any_mixture_in_batches_of_any_size_ends_as_it_does_one_by_one(
    messages: list[tuple[bytes, int]], size: int, more: int
) -> None:
    result = consumed(messages, size=size, prefetch=size + more)

    assert result == one_by_one(messages)
    assert result["left"] == []
    assert result["told"] + result["told dead"] == len(messages)


@given(MESSAGES, st.integers(2, MOST), st.lists(st.integers(1, MOST), max_size=4))
def test_outages_in_between_change_nothing_but_which_copy_is_called_new(
    messages: list[tuple[bytes, int]], size: int, away_at: list[int]
) -> None:
    result = consumed(messages, size=size, prefetch=size, away_at=away_at)

    expected = one_by_one(messages)
    assert {name: value for name, value in result.items() if name != "new"} == {
        name: value for name, value in expected.items() if name != "new"
    }
    assert result["new"] <= expected["new"]
