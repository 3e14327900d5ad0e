"""The times outside a limit, exact to where the lines between readings cross it."""

import math
from collections.abc import Iterator, Sequence
from itertools import islice
from operator import add, mul, sub

from limits.crossing import SECONDS_PER_MINUTE, area_above, crossing
from reports.measures.intervals import Stretch
from reports.model import ReportExcursion, ReportLimit
from reports.samples import MICROSECONDS, Samples, to_time


class LimitMeasure:
    """The readings of a sensor, measured against a limit."""

    def __init__(self, samples: Samples, stretches: Sequence[Stretch], limit: ReportLimit) -> None:
        self._times = samples.times
        self._temperatures = samples.temperatures
        self._stretches = stretches
        self._limit = limit
        # A low limit is a high limit of the negative temperatures.
        self._sign = 1.0 if limit.kind == "high" else -1.0
        # One byte per reading, which is searched fast: whether it is outside.
        threshold = float(limit.threshold)
        is_outside = threshold.__lt__ if limit.kind == "high" else threshold.__gt__
        self._outside = bytes(map(is_outside, samples.temperatures))

    @property
    def readings(self) -> int:
        """The number of readings outside the limit."""
        return self._outside.count(1)

    def excursions(self) -> Iterator[ReportExcursion]:
        """Yield the excursions in order, those without a length only if a gap may have hidden it."""
        for stretch in self._stretches:
            start = self._outside.find(1, stretch.first, stretch.stop)
            while start >= 0:
                end = self._outside.find(0, start, stretch.stop)
                end = stretch.stop if end < 0 else end
                if excursion := self._excursion(stretch, start, end):
                    yield excursion
                start = self._outside.find(1, end, stretch.stop)

    def _excursion(self, stretch: Stretch, start: int, end: int) -> ReportExcursion | None:
        """Return the excursion of the readings from `start` on and before `end`."""
        is_start_known, is_end_known = start > stretch.first, end < stretch.stop
        started_at = self._crossing(start - 1) if is_start_known else self._times[start]
        ended_at = self._crossing(end - 1) if is_end_known else self._times[end - 1]
        # Two readings of one time on both sides of the limit are no excursion.
        if ended_at <= started_at and is_start_known and is_end_known:
            return None
        temperatures = self._temperatures[start:end]
        peak = max(temperatures) if self._limit.kind == "high" else min(temperatures)
        return ReportExcursion(
            limit=self._limit,
            start=to_time(started_at),
            end=to_time(ended_at),
            is_start_known=is_start_known,
            is_end_known=is_end_known,
            seconds=(ended_at - started_at) / MICROSECONDS,
            peak=peak,
            peak_at=to_time(self._times[start + temperatures.index(peak)]),
            degree_minutes=(
                (self._area(start - 1) if is_start_known else 0.0)
                + self._area_outside(start, end)
                + (self._area(end - 1) if is_end_known else 0.0)
            ),
        )

    def _crossing(self, index: int) -> int:
        """Return when the line from a reading to the next crosses the limit."""
        start, end = self._times[index], self._times[index + 1]
        before, after = self._temperatures[index], self._temperatures[index + 1]
        return start + round(crossing(0, before, end - start, after, self._limit.threshold))

    def _area(self, index: int) -> float:
        """Return the degree-minutes between a reading and the next, one of which is not outside."""
        seconds = (self._times[index + 1] - self._times[index]) / MICROSECONDS
        before, after = self._temperatures[index], self._temperatures[index + 1]
        level = self._sign * self._limit.threshold
        return area_above(0.0, self._sign * before, seconds, self._sign * after, level)

    def _area_outside(self, start: int, end: int) -> float:
        """Return the degree-minutes of readings that are all outside."""
        distances = [abs(each - self._limit.threshold) for each in self._temperatures[start:end]]
        intervals = map(sub, self._times[start + 1 : end], self._times[start:end])
        area = math.fsum(map(mul, intervals, map(add, distances, islice(distances, 1, None)))) / 2
        return area / MICROSECONDS / SECONDS_PER_MINUTE
