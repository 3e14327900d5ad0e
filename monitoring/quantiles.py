"""Estimates quantiles from the buckets of a histogram, more closely than by interpolation alone."""

from collections.abc import Sequence
from itertools import pairwise
from math import inf, isfinite
from typing import NamedTuple


class _Bucket(NamedTuple):
    """The values of a bucket are assumed to be spread evenly from `lower` to `upper`."""

    lower: float
    upper: float
    values: float


def estimate_quantile(
    quantile: float, cumulative: Sequence[tuple[float, float]], total: float | None = None
) -> float | None:
    """Return the quantile; above the last finite bound it is that bound. None without a value.

    `cumulative` has the upper bound of each bucket and the number of values up to it, in ascending order.
    Like Prometheus' histogram_quantile it interpolates within a bucket. If `total`, the sum of the values, is
    given, each bucket is narrowed so that their mean is right: all of a backlog's latencies are in one
    bucket, and may be close to its lower bound.
    """
    buckets = _buckets(cumulative)
    rank = quantile * sum(bucket.values for bucket in buckets)
    if rank <= 0:
        return None
    for bucket in buckets if total is None else _narrow(buckets, total):
        if rank <= bucket.values:
            if not isfinite(bucket.upper):
                return bucket.lower
            return bucket.lower + (bucket.upper - bucket.lower) * rank / bucket.values
        rank -= bucket.values
    return None


def _buckets(cumulative: Sequence[tuple[float, float]]) -> list[_Bucket]:
    """Return the buckets that have values."""
    return [
        _Bucket(lower, upper, count - below)
        for (lower, below), (upper, count) in pairwise([(0.0, 0.0), *cumulative])
        if count > below
    ]


def _narrow(buckets: Sequence[_Bucket], total: float) -> list[_Bucket]:
    """Narrow each bucket to one of its ends, all by the same share."""
    width = sum((bucket.upper - bucket.lower) * bucket.values for bucket in buckets)
    if not 0 < width < inf:
        return list(buckets)
    # The position of the mean between the least and the greatest sum that the buckets permit.
    position = (total - sum(bucket.lower * bucket.values for bucket in buckets)) / width
    position = min(1.0, max(0.0, position))
    start, end = (0.0, 2 * position) if position < 1 / 2 else (2 * position - 1, 1.0)
    return [
        _Bucket(
            bucket.lower + (bucket.upper - bucket.lower) * start,
            bucket.lower + (bucket.upper - bucket.lower) * end,
            bucket.values,
        )
        for bucket in buckets
    ]
