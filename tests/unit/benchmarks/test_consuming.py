"""Valid and invalid runs of consumers, with a fake broker and a fake database."""

from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from benchmarks.consuming import consume
from benchmarks.contenders import project
from benchmarks.waiting import BenchmarkFailed

MESSAGES, REPLICAS = 200, 3


def bench(*, rows: int = MESSAGES, remaining: int = 0) -> SimpleNamespace:
    """Consumers that stored `rows` rows and, when stopped, left `remaining` messages in the queue."""
    ready = iter((0, remaining))  # while they consume, and after they were stopped
    consumer = SimpleNamespace(name="consumer", pause=int, resume=int, raise_if_failed=int)
    return SimpleNamespace(
        broker=SimpleNamespace(
            queue=lambda: nullcontext("queue"),
            consumer_count=lambda _queue: REPLICAS,
            publish=lambda _queue, _bodies: None,
            ready_count=lambda _queue: next(ready),
        ),
        database=SimpleNamespace(
            truncate_all=int, count=lambda _table: rows, commit_rate=lambda _table: 12.5
        ),
        processes=SimpleNamespace(running=lambda *_arguments: nullcontext([consumer] * REPLICAS)),
        messages=SimpleNamespace(get=lambda _number: []),
    )


@pytest.mark.parametrize("remaining", [0, 1, REPLICAS])
def test_one_unacked_message_per_consumer_is_accepted(remaining: int) -> None:
    assert consume(bench(remaining=remaining), project(), MESSAGES, replicas=REPLICAS) == 12.5  # type: ignore[arg-type]


def test_more_remaining_messages_than_consumers_are_an_error() -> None:
    with pytest.raises(BenchmarkFailed, match="200 rows of 200, 4 messages remain"):
        consume(bench(remaining=REPLICAS + 1), project(), MESSAGES, replicas=REPLICAS)  # type: ignore[arg-type]


def test_a_duplicate_row_is_an_error() -> None:
    with pytest.raises(BenchmarkFailed, match="201 rows of 200, 0 messages remain"):
        consume(bench(rows=MESSAGES + 1), project(), MESSAGES, replicas=REPLICAS)  # type: ignore[arg-type]
