"""Sets of sequence numbers as ranges: pairs of first and last, in ascending order and not adjacent."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

Range = tuple[int, int]
Ranges = Sequence[Range]


def size(ranges: Ranges) -> int:
    """Return how many numbers the ranges contain."""
    return sum(last - first + 1 for first, last in ranges)


def subtract(ranges: Ranges, numbers: Iterable[int]) -> list[Range]:
    """Return the ranges without these numbers."""
    ordered = sorted(set(numbers))
    remaining: list[Range] = []
    for first, last in ranges:
        start = first
        for number in ordered[bisect_left(ordered, first) : bisect_right(ordered, last)]:
            if number > start:
                remaining.append((start, number - 1))
            start = number + 1
        if start <= last:
            remaining.append((start, last))
    return remaining


def difference(a: Ranges, b: Ranges) -> list[Range]:
    """Return the numbers, from 1 on, that are in the first and not in the second."""
    others: list[Range] = []
    start = 1
    for first, last in sorted(b):
        if first > start:
            others.append((start, first - 1))
        start = max(start, last + 1)
    return intersection(a, [*others, (start, max(start, a[-1][1]) if a else start)])


def intersection(a: Ranges, b: Ranges) -> list[Range]:
    """Return the numbers that are in both."""
    both: list[Range] = []
    i = j = 0
    while i < len(a) and j < len(b):
        first, last = max(a[i][0], b[j][0]), min(a[i][1], b[j][1])
        if first <= last:
            both.append((first, last))
        if a[i][1] < b[j][1]:
            i += 1
        else:
            j += 1
    return both
