"""Quantiles from the buckets of a histogram."""

import random
from bisect import bisect_left
from itertools import accumulate
from math import inf

import pytest

from monitoring.quantiles import estimate_quantile

BOUNDS = [1.0, 2.0, 5.0, 10.0, 30.0, 60.0, inf]


def histogram(values: list[float]) -> list[tuple[float, float]]:
    counts = [0] * len(BOUNDS)
    for value in values:
        counts[bisect_left(BOUNDS, value)] += 1
    return list(zip(BOUNDS, accumulate(counts), strict=True))


@pytest.mark.parametrize(
    ("values", "median"),
    [([31.0] * 9, 31.0), ([59.0] * 9, 59.0), ([1.5] * 9, 1.5), ([0.0] * 9, 0.0), ([30.0] * 9, 30.0)],
)
def test_equal_values_are_found_wherever_they_are_in_their_bucket(values: list[float], median: float) -> None:
    assert estimate_quantile(0.5, histogram(values), sum(values)) == pytest.approx(median)


def test_without_the_sum_it_interpolates_as_prometheus_does() -> None:
    assert estimate_quantile(0.5, histogram([31.0] * 10)) == pytest.approx(45)


def test_a_quantile_above_the_last_finite_bound_is_that_bound() -> None:
    assert estimate_quantile(0.95, histogram([5.0, *[9e7] * 99]), 9e9) == 60.0


@pytest.mark.parametrize("buckets", [[], histogram([])])
def test_without_values_there_is_no_quantile(buckets: list[tuple[float, float]]) -> None:
    assert estimate_quantile(0.5, buckets, 0.0) is None


@pytest.mark.parametrize("spread", [0.1, 0.5, 2.0, 10.0])
def test_it_is_within_a_bucket_and_as_close_as_interpolation_or_closer(spread: float) -> None:
    rng = random.Random(spread)
    better = 0
    for _ in range(200):
        values = sorted(abs(rng.gauss(rng.uniform(0, 50), spread)) for _ in range(100))
        found = estimate_quantile(0.95, histogram(values), sum(values))
        plain = estimate_quantile(0.95, histogram(values))
        assert found is not None
        assert plain is not None
        true = values[94]
        bucket = bisect_left(BOUNDS, true)
        assert ([0.0, *BOUNDS])[bucket] <= found <= BOUNDS[bucket]
        better += abs(found - true) <= abs(plain - true) + 1e-9
    assert better >= 140
