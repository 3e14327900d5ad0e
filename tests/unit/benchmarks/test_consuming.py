"""What the benchmark accepts as a whole run of consumers, with a broker and a database that are made up."""

from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from benchmarks.consuming import consume
from benchmarks.contenders import project
from benchmarks.waiting import BenchFailed

MESSAGES, COPIES = 200, 3


def bench(*, rows: int = MESSAGES, left: int = 0) -> SimpleNamespace:
    """Consumers that stored so many rows, and after whose end so many messages are in the queue."""
    waiting = iter((0, left))  # while they consume, and after their end
    consumer = SimpleNamespace(name="consumer", pause=int, resume=int, check=int)
    return SimpleNamespace(
        broker=SimpleNamespace(
            queue=lambda: nullcontext("queue"),
            consumers=lambda _queue: COPIES,
            put=lambda _queue, _bodies: None,
            ready=lambda _queue: next(waiting),
        ),
        database=SimpleNamespace(wipe=int, count=lambda _table: rows, rate=lambda _table: 12.5),
        processes=SimpleNamespace(running=lambda *_arguments: nullcontext([consumer] * COPIES)),
        messages=SimpleNamespace(first=lambda _number: []),
    )


@pytest.mark.parametrize("left", [0, 1, COPIES])
def test_a_message_that_a_consumer_had_in_hand_at_its_end_spoils_no_figure(left: int) -> None:
    assert consume(bench(left=left), project(), MESSAGES, copies=COPIES) == 12.5  # type: ignore[arg-type]


def test_more_messages_left_than_consumers_is_no_figure() -> None:
    with pytest.raises(BenchFailed, match="200 rows of 200, 4 messages left"):
        consume(bench(left=COPIES + 1), project(), MESSAGES, copies=COPIES)  # type: ignore[arg-type]


def test_a_row_too_many_is_no_figure() -> None:
    with pytest.raises(BenchFailed, match="201 rows of 200, 0 messages left"):
        consume(bench(rows=MESSAGES + 1), project(), MESSAGES, copies=COPIES)  # type: ignore[arg-type]
