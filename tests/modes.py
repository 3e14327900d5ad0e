"""How a consumer under test takes its messages: one by one, some ahead, or in batches."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Mode:
    """`variables` are the consumer's; `max_unacked` is how many unacked messages it may have.

    `key` is in the seed of a fault row, so that chances differ from mode to mode and stay the same from run
    to run.
    """

    key: str
    name: str
    max_unacked: int
    variables: Mapping[str, str]


SINGLE = Mode("1", "prefetch 1", 1, {"PREFETCH_COUNT": "1"})
PREFETCH_20 = Mode("20", "prefetch 20", 20, {"PREFETCH_COUNT": "20"})
# It lingers so long that the fault rows' loads fill batches with more than a message or two.
BATCHES = Mode("batches", "batches of 100", 200, {"BATCH_SIZE": "100", "BATCH_LINGER_SECONDS": "0.5"})
# It holds one batch, and not the next one too as it would by default.
SMALL_BATCHES = Mode(
    "small",
    "batches of 10",
    10,
    {"BATCH_SIZE": "10", "BATCH_LINGER_SECONDS": "0.1", "PREFETCH_COUNT": "10"},
)

# For tests that start consumers: the fixture `run` gives them the mode's variables.
both_modes = pytest.mark.parametrize("mode", [SINGLE, SMALL_BATCHES], ids=lambda mode: mode.name)
