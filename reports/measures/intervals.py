"""The usual interval between readings, the gaps between them, and the stretches without a gap."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import sub
from statistics import median
from typing import NamedTuple

from limits.series import GAP_INTERVALS
from reports.explanations import IntervalSource
from reports.model import ReportGap, ReportRequest, SensorFields
from reports.samples import MICROSECONDS, to_epoch_us, to_time


class Interval(NamedTuple):
    """The usual interval of a sensor, and where it comes from; without either nothing is known of it."""

    seconds: float | None
    source: IntervalSource | None

    @property
    def longest(self) -> int:
        """The longest time between two readings that is no gap, in µs; 0 if nothing is known."""
        return round(GAP_INTERVALS * self.seconds * MICROSECONDS) if self.seconds else 0


class Stretch(NamedTuple):
    """Readings without a gap between them: the index of the first, and that after the last."""

    first: int
    stop: int


def usual_interval(request: ReportRequest, sensor: SensorFields, times: Sequence[int]) -> Interval:
    """Return the requested interval, else the sensor's expected one, else the median of the period.

    Readings of the same time have no interval between them.
    """
    if request.interval_seconds is not None:
        return Interval(request.interval_seconds, IntervalSource.REQUEST)
    if sensor.expected_interval_seconds is not None:
        return Interval(sensor.expected_interval_seconds, IntervalSource.SENSOR)
    intervals = [interval for interval in map(sub, times[1:], times) if interval]
    if not intervals:
        return Interval(None, None)
    return Interval(median(intervals) / MICROSECONDS, IntervalSource.MEDIAN)


def split_stretches(times: Sequence[int], interval: Interval) -> list[Stretch]:
    """Return the stretches of readings, in order."""
    starts = [0] if times else []
    longest = interval.longest
    starts += [
        index for index, (before, after) in enumerate(pairwise(times), start=1) if after - before > longest
    ]
    return [Stretch(*each) for each in pairwise([*starts, len(times)])]


def find_gaps(
    request: ReportRequest, times: Sequence[int], stretches: Sequence[Stretch], interval: Interval
) -> tuple[ReportGap, ...]:
    """Return the gaps between the stretches, and those at the start and the end of the period."""
    longest = interval.longest
    return tuple(
        ReportGap(start=to_time(start), end=to_time(end), seconds=(end - start) / MICROSECONDS)
        for start, end in _breaks(request, times, stretches)
        if end - start > longest
    )


def _breaks(
    request: ReportRequest, times: Sequence[int], stretches: Sequence[Stretch]
) -> Iterator[tuple[int, int]]:
    last = to_epoch_us(request.start)
    for stretch in stretches:
        yield last, times[stretch.first]
        last = times[stretch.stop - 1]
    yield last, to_epoch_us(request.end)
