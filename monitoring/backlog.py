"""Computes for how long the oldest message of a queue has waited, from the history of the queue's statistics.

A queue delivers in order. So its oldest message entered it when the messages that had left it and those that
were in it were together as many as have left it now. This holds for every publisher and protocol, and
whatever the age of the readings is, as in an import.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Any, NamedTuple

# What the management plugin keeps by default. https://www.rabbitmq.com/docs/management#statistics
HISTORY_SECONDS, STEP_SECONDS = 600, 5
HISTORY_PARAMETERS = {
    "lengths_age": HISTORY_SECONDS,
    "lengths_incr": STEP_SECONDS,
    "msg_rates_age": HISTORY_SECONDS,
    "msg_rates_incr": STEP_SECONDS,
}


class _Sample(NamedTuple):
    """How many messages were ready at a time (in milliseconds), and how many had left the queue by then."""

    at: int
    ready: int
    left: int

    @property
    def entered(self) -> int:
        return self.ready + self.left


def oldest_wait(queue: Mapping[str, Any]) -> timedelta | None:
    """Return how long the oldest ready message has waited; None if none is ready or nothing is known.

    `queue` is the management API's object of the queue, requested with HISTORY_PARAMETERS. A message that
    entered the queue before the history has waited at least for the whole history.
    """
    samples = _samples(queue)
    if not samples or not samples[-1].ready:
        return None
    now = samples[-1]
    entered_at = next(
        (
            _interpolate(before, after, now.left)
            for before, after in reversed(list(pairwise(samples)))
            if before.entered <= now.left < after.entered
        ),
        samples[0].at,
    )
    return timedelta(milliseconds=now.at - entered_at)


def _samples(queue: Mapping[str, Any]) -> list[_Sample]:
    """Return the samples in the order of time."""
    statistics = queue.get("message_stats", {})
    delivered = _series(statistics, "deliver_get")
    redelivered = _series(statistics, "redeliver")
    return sorted(
        # The newest samples of the two series may be of different times.
        _Sample(at, ready, delivered.get(at, 0) - redelivered.get(at, 0))
        for at, ready in _series(queue, "messages_ready").items()
        if at in delivered or not delivered
    )


def _series(statistics: Mapping[str, Any], name: str) -> dict[int, int]:
    samples: Iterable[Mapping[str, int]] = statistics.get(f"{name}_details", {}).get("samples", [])
    return {sample["timestamp"]: sample["sample"] for sample in samples}


def _interpolate(before: _Sample, after: _Sample, left: int) -> float:
    """Return the time between two samples at which as many messages had entered as have left now."""
    return before.at + (after.at - before.at) * (left - before.entered) / (after.entered - before.entered)
