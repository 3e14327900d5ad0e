"""Sets of spans, against sets of hours."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from jobs.spans import Span, difference, intersection, split, union

START = datetime(2025, 3, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def span(first: int, last: int) -> Span:
    return Span(START + first * HOUR, START + last * HOUR)


def hours(spans: Sequence[Span]) -> set[int]:
    return {n for start, end in spans for n in range((start - START) // HOUR, (end - START) // HOUR)}


SPANS = st.lists(st.builds(span, st.integers(0, 40), st.integers(0, 40)), max_size=8)


@given(SPANS, SPANS)
def test_operations_are_those_of_sets(some: list[Span], others: list[Span]) -> None:
    assert hours(union(some)) == hours(some)
    assert hours(difference(some, others)) == hours(some) - hours(others)
    assert hours(intersection(some, others)) == hours(some) & hours(others)


@given(SPANS, SPANS)
def test_results_are_sorted_disjoint_and_not_adjacent(some: list[Span], others: list[Span]) -> None:
    for result in (union(some), difference(some, others), intersection(some, others)):
        assert all(each.start < each.end for each in result)
        assert all(before.end < after.start for before, after in pairwise(result))


@given(SPANS, st.integers(1, 9), st.integers(0, 40))
def test_the_pieces_of_spans_are_the_spans_cut_at_the_same_times(
    spans: list[Span], length: int, origin: int
) -> None:
    pieces = list(split(spans, length * HOUR, START + origin * HOUR))

    assert union(pieces) == union(spans)
    assert sum((piece.length for piece in pieces), timedelta()) == sum(
        (each.length for each in union(spans)), timedelta()
    )
    edges = {edge for each in union(spans) for edge in each}
    assert all(piece.length <= length * HOUR for piece in pieces)
    assert all(
        edge in edges or ((edge - START) // HOUR - origin) % length == 0 for piece in pieces for edge in piece
    )


def test_a_length_beyond_the_last_year_cuts_nothing() -> None:
    whole = span(0, 40)

    assert list(split([whole], timedelta(days=9_000_000), START)) == [whole]
