"""Half-open spans of time, and sets of them: lists that are sorted, disjoint and not adjacent."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple


class Span(NamedTuple):
    """The time from `start` to before `end`."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.start


Spans = list[Span]


def union(spans: Iterable[Span]) -> Spans:
    """Return the set of all times that are in one of the spans; those without length contain none."""
    merged: Spans = []
    for start, end in sorted(span for span in spans if span.start < span.end):
        if merged and start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, end))
        else:
            merged.append(Span(start, end))
    return merged


def difference(spans: Iterable[Span], removed: Iterable[Span]) -> Spans:
    """Return the times of `spans` that are not in `removed`."""
    remaining: Spans = []
    gone, position = union(removed), 0
    for start, end in union(spans):
        while position < len(gone) and gone[position].end <= start:
            position += 1
        since, number = start, position
        while number < len(gone) and gone[number].start < end:
            if since < gone[number].start:
                remaining.append(Span(since, gone[number].start))
            since = gone[number].end
            number += 1
        if since < end:
            remaining.append(Span(since, end))
    return remaining


def intersection(spans: Iterable[Span], others: Iterable[Span]) -> Spans:
    """Return the times that are in both."""
    both = union(spans)
    return difference(both, difference(both, others))


def split(spans: Iterable[Span], length: timedelta, origin: datetime) -> Iterator[Span]:
    """Yield the spans, cut at `origin` and every `length` before and after it."""
    for start, end in union(spans):
        since = start
        while since < end:
            # Not the time of the cut, which may be after the last year.
            remaining = min(length - (since - origin) % length, end - since)
            yield Span(since, since + remaining)
            since += remaining
