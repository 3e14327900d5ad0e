"""How long the oldest message of a queue has waited, from the queue's history."""

from datetime import timedelta
from typing import Any

import pytest

from monitoring.backlog import oldest_wait

START = 1_795_722_000_000
STEP = 5_000


def samples(values: list[int], start: int = START) -> dict[str, Any]:
    """Return a series as the management API does: newest first."""
    return {"samples": [{"sample": v, "timestamp": start + n * STEP} for n, v in enumerate(values)][::-1]}


def queue(ready: list[int], delivered: list[int], redelivered: list[int] | None = None) -> dict[str, Any]:
    statistics = {"deliver_get_details": samples(delivered)}
    if redelivered:
        statistics["redeliver_details"] = samples(redelivered)
    return {"messages_ready_details": samples(ready), "message_stats": statistics}


@pytest.mark.parametrize(
    ("ready", "delivered", "seconds"),
    [
        ([0, 50, 100, 150, 200], [0, 0, 0, 0, 0], 20),
        ([0, 0, 0, 100, 200], [0, 0, 0, 0, 0], 10),
        ([0, 60, 80, 100, 120], [0, 40, 60, 80, 100], 15),
        ([0, 60, 120, 180, 240], [0, 40, 80, 120, 160], 12),
        ([0, 400, 300, 200, 100], [0, 100, 200, 300, 400], 16),
        ([500, 0, 0, 0, 100], [0, 0, 0, 0, 0], 5),
    ],
    ids=[
        "no consumer",
        "it was empty until 10 s ago",
        "half of a burst remains",
        "twice as much arrives as leaves",
        "a burst that is worked off",
        "it was purged",
    ],
)
def test_the_oldest_message_entered_when_as_many_had_entered_as_are_delivered_now(
    ready: list[int], delivered: list[int], seconds: float
) -> None:
    assert oldest_wait(queue(ready, delivered)) == timedelta(seconds=seconds)


def test_a_redelivered_message_counts_once() -> None:
    once = queue([0, 60, 120, 180, 240], [0, 40, 80, 120, 160])
    twice = queue([0, 60, 120, 180, 240], [0, 50, 90, 130, 170], [0, 10, 10, 10, 10])

    assert oldest_wait(once) == oldest_wait(twice)


def test_a_message_older_than_the_history_waits_at_least_for_the_whole_history() -> None:
    assert oldest_wait(queue([900, 900, 900], [0, 0, 0])) == timedelta(seconds=10)


def test_the_newest_samples_of_the_series_may_be_of_different_times() -> None:
    known = queue([0, 60, 120, 180, 240, 9999], [0, 40, 80, 120, 160])

    assert oldest_wait(known) == timedelta(seconds=12)


@pytest.mark.parametrize("known", [{}, queue([], []), queue([5, 0], [0, 5])])
def test_an_empty_queue_and_one_without_statistics_have_no_oldest_message(known: dict[str, Any]) -> None:
    assert oldest_wait(known) is None
