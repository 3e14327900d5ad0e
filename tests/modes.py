"""How a consumer under test receives messages: one at a time, with a larger prefetch, or in batches."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Mode:
    """The variables of a consumer, and the maximum number of its unacked messages.

    `key` is part of the seed of a fault scenario, so that its random numbers differ between modes and are the
    same in every run.
    """

    key: str
    name: str
    max_unacked: int
    variables: Mapping[str, str]


SINGLE = Mode("1", "prefetch 1", 1, {"PREFETCH_COUNT": "1"})
PREFETCH_20 = Mode("20", "prefetch 20", 20, {"PREFETCH_COUNT": "20"})
# The linger is long enough for the loads of the fault scenarios to fill batches with several messages.
BATCHES = Mode("batches", "batches of 100", 200, {"BATCH_SIZE": "100", "BATCH_LINGER_SECONDS": "0.5"})
AUTO = Mode("auto", "automatic batches", 3000, {"BATCH_SIZE": "auto"})
# It holds one batch; by default it would also prefetch the next batch.
SMALL_BATCHES = Mode(
    "small",
    "batches of 10",
    10,
    {"BATCH_SIZE": "10", "BATCH_LINGER_SECONDS": "0.1", "PREFETCH_COUNT": "10"},
)

# For tests that start consumers, to which the fixture `run` passes the mode's variables.
both_modes = pytest.mark.parametrize("mode", [SINGLE, SMALL_BATCHES], ids=lambda mode: mode.name)
