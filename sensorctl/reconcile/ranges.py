"""Sets of sequences as ranges: pairs of first and last, in order, that do not touch."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

Range = tuple[int, int]
Ranges = Sequence[Range]


def size(ranges: Ranges) -> int:
    """How many sequences there are in all."""
    return sum(last - first + 1 for first, last in ranges)


def without(ranges: Ranges, points: Iterable[int]) -> list[Range]:
    """The ranges without these points."""
    ordered = sorted(set(points))
    left: list[Range] = []
    for first, last in ranges:
        begin = first
        for point in ordered[bisect_left(ordered, first) : bisect_right(ordered, last)]:
            if point > begin:
                left.append((begin, point - 1))
            begin = point + 1
        if begin <= last:
            left.append((begin, last))
    return left


def common(some: Ranges, others: Ranges) -> list[Range]:
    """What is in both."""
    both: list[Range] = []
    i = j = 0
    while i < len(some) and j < len(others):
        first, last = max(some[i][0], others[j][0]), min(some[i][1], others[j][1])
        if first <= last:
            both.append((first, last))
        if some[i][1] < others[j][1]:
            i += 1
        else:
            j += 1
    return both
