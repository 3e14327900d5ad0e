"""The number of examples of property tests."""

import os

CI_SHARE = 0.4


def max_examples(number: int) -> int:
    """Return how many of these a test draws: CI draws fewer, since each of its many runs draws others."""
    return int(number * CI_SHARE) if os.environ.get("CI") else number
